/** A town of people instead of WeChat: what a chat does behind a gateway, with every failing that a test asks for. */

import { createHash, randomBytes } from 'node:crypto'
import { existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { FileBox } from 'file-box'
import { types } from 'wechaty-puppet'
import { PuppetMock } from 'wechaty-puppet-mock'

const { Dirty, Message, ScanStatus } = types

const KINDS = ['text', 'image', 'url', 'mini_program', 'file', 'video', 'announcement']

/** The number that travels for a kind of message: the puppet's own numbering, not that of Python's stubs. */
const NUMBERS = {
  text: Message.Text,
  quote: Message.Text, // WeChat has no kind for it: a text that begins with the words it answers
  announcement: Message.Text,
  image: Message.Image,
  url: Message.Url,
  mini_program: Message.MiniProgram,
  file: Message.Attachment,
  video: Message.Video,
  audio: Message.Audio,
  emoticon: Message.Emoticon,
  contact: Message.Contact,
  location: Message.Location,
  history: Message.ChatHistory,
  group_note: Message.GroupNote,
  transfer: Message.Transfer,
  red_envelope: Message.RedEnvelope,
  post: Message.Post,
  recall: Message.Recalled,
  system17: 17, // not in the schema, and some puppets send them all the same
  system18: 18,
  unknown: Message.Unknown,
}
const RECALL_MS = 2 * 60 * 1000
const TOO_FAST = '操作过于频繁，请稍后再试。'

const USUAL = {
  ids: 'stable', returns_id: true, echo: 'now', echo_delay_ms: 1500, lists_rooms: true, recall: true, kinds: KINDS,
  answer_delay_ms: 0, too_fast_after: null, fail_next: 0, refuse_next: 0, die: null, die_after: 0,
  relogin_on_start: false, login_delay_ms: 50, fsync: false, keep: 20_000,
}
const PROFILES = {
  ids_and_echo: {},
  nothing: {
    ids: 'fresh', returns_id: false, echo: 'never', lists_rooms: false, recall: false,
    kinds: KINDS.filter(kind => !['url', 'mini_program'].includes(kind)),
  },
  late_echo: { returns_id: false, echo: 'lost' },
}

/** A named profile, or one with changes: `"nothing"`, `{like: "nothing", recall: true}`. */
export function profileOf (wanted, before = USUAL) {
  const { like, ...changes } = typeof wanted === 'string' ? { like: wanted } : wanted
  if (like && !Object.hasOwn(PROFILES, like)) throw new Error(`no profile ${like}`)
  const profile = { ...(like ? { ...USUAL, ...PROFILES[like] } : before), ...changes }
  const odd = Object.keys(profile).filter(name => !Object.hasOwn(USUAL, name))
  if (odd.length) throw new Error(`a profile has no ${odd}`)
  return profile
}

/** The people and rooms by key, and the ids under which the client knows them at the moment. */
class Town {
  people = new Map()
  rooms = new Map()
  byId = new Map()

  constructor ({ account, people = [], rooms = [] }, salt) {
    for (const person of [account, ...people]) {
      this.people.set(person.key, { friend: person !== account, aliases: {}, ...person })
    }
    this.account = this.people.get(account.key)
    for (const room of rooms) this.rooms.set(room.key, { ...room, members: new Set(room.members) })
    this.name(salt)
  }

  /** Ids from the keys, or, with a salt, such that nobody can tell the key or knows them from an earlier login. */
  name (salt) {
    this.salt = salt
    this.byId.clear()
    for (const person of this.people.values()) this.#name(person, id => `wxid_${id}`)
    for (const room of this.rooms.values()) this.#name(room, id => `${id}@chatroom`)
  }

  #name (one, shape) {
    const { key } = one
    one.id = shape(this.salt ? createHash('sha256').update(this.salt + key).digest('hex').slice(0, 16) : key)
    this.byId.set(one.id, one)
  }

  add ({ key, topic, members = [], owner }) {
    if (this.rooms.has(key)) throw new Error(`there is a room ${key}`)
    this.rooms.set(key, { key, topic, members: new Set(members), owner })
    this.#name(this.rooms.get(key), id => `${id}@chatroom`)
  }

  room (key) {
    return this.rooms.get(key) ?? fail(`no room ${key}`)
  }

  person (key) {
    return this.people.get(key) ?? fail(`no person ${key}`)
  }
}

/** What a test reads afterwards. A line is written before anybody is answered, so no kill can make it forget. */
class Witness {
  constructor (path) {
    this.path = path
    this.file = openSync(path, 'a')
  }

  write (line, sync) {
    writeSync(this.file, JSON.stringify({ at: Date.now(), ...line }) + '\n')
    if (sync) fsyncSync(this.file)
  }

  lines (room) {
    const lines = readFileSync(this.path, 'utf8').split('\n').slice(0, -1).map(line => JSON.parse(line))
    return room === undefined ? lines : lines.filter(line => line.room === room)
  }
}

export class TownPuppet extends PuppetMock {
  sent = 0
  #kept = new Map() // message id → what the client may still ask about it; Maps forget in order of age
  #invitations = new Map()
  #number = 0
  #born = Date.now().toString(36) // ids of messages never come twice, also after a restart
  #sinceTooFast = 0
  #echoes = 0
  #staysOut = false
  #comeBack

  constructor ({ world, log, profile, salt, home }) {
    super()
    this.profile = profileOf(profile)
    this.town = new Town(world, salt ?? this.#salt())
    this.witness = new Witness(log)
    this.posted = join(home, 'posted')
    this.on('error', () => {}) // an emitter without a listener for errors throws them
  }

  #salt () {
    return this.profile.ids === 'fresh' ? randomBytes(8).toString('hex') : ''
  }

  // ——— coming and going ———

  /** A session that was kept: the account is back by itself, unless its owner took it away. */
  async onStart () {
    await super.onStart()
    this.#comeBack = setTimeout(() => {
      if (this.#staysOut || this.isLoggedIn) return
      if (this.profile.relogin_on_start) this.town.name(this.#salt())
      this.#enter()
    }, this.profile.login_delay_ms)
  }

  async onStop () {
    clearTimeout(this.#comeBack)
    await super.onStop()
  }

  #enter () {
    this.login(this.town.account.id)
    this.emit('ready', { data: 'ready' })
  }

  async logout (reason) {
    this.#staysOut = true
    await super.logout(reason)
  }

  /** By its owner. `ids`: "same" or "fresh" whatever the profile says. */
  async comeIn (ids) {
    await super.logout('another login')
    this.#staysOut = false
    if (ids === 'fresh') this.town.name(randomBytes(8).toString('hex'))
    else if (ids !== 'same') this.town.name(this.#salt())
    this.cache.clear()
    for (const room of this.town.rooms.values()) room.heard = false
    this.#enter()
  }

  // ——— what the account does ———

  async messageSendText (to, text, mentions = []) {
    return this.#post(to, { kind: 'text', text, mentions: mentions.map(id => this.town.byId.get(id)?.key ?? id) })
  }

  async messageSendUrl (to, { url, title, description }) {
    return this.#post(to, { kind: 'url', url, title, description })
  }

  async messageSendMiniProgram (to, { appid, pagePath, title, description }) {
    return this.#post(to, { kind: 'mini_program', appid, page: pagePath, title, description })
  }

  async messageSendFile (to, box) {
    const bytes = await box.toBuffer()
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const kind = /^(image|video)\//.exec(box.mediaType)?.[1] ?? 'file'
    const sent = { kind, name: box.name, sha256, size: bytes.length }
    return this.#post(to, sent, () => ({ path: this.#store(sha256, bytes) }))
  }

  async messageSendContact () {
    throw new Error('not supported')
  }

  async messageSendLocation () {
    throw new Error('not supported')
  }

  async messageForward () {
    throw new Error('not supported')
  }

  async roomAnnounce (id, text) {
    if (text === undefined) return this.#room(id).announcement ?? ''
    await this.#post(id, { kind: 'announcement', text })
    this.#room(id).announcement = text
  }

  async messageRecall (id) {
    const message = this.#kept.get(id)
    const mine = message?.by === this.town.account.key && Date.now() - message.payload.timestamp < RECALL_MS
    if (!this.isLoggedIn || !this.profile.recall || !mine) return false
    this.#log({ ...message.where, by: message.by, kind: 'recall', id })
    return true
  }

  /** The one way out. Nothing waits between the checks and the log, so sends cannot get in each other's way. */
  async #post (to, sent, attachment) {
    const { profile, town } = this
    const conversation = town.byId.get(to)
    if (!this.isLoggedIn || this.#takes('refuse_next')) throw new Error('not logged in')
    if (!conversation) throw new Error(`no conversation ${to}`)
    if (conversation.members && !conversation.members.has(town.account.key)) throw new Error('not in this room')
    if (!conversation.members && !conversation.friend) throw new Error('not a friend')
    if (!profile.kinds.includes(sent.kind)) throw new Error('not supported')

    const dies = profile.die && !this.#takes('die_after') ? profile.die : null
    if (dies === 'before_post') process.exit(9)
    const where = conversation.members ? { room: conversation.key, to: null } : { room: null, to: conversation.key }
    const message = this.#keep(where, town.account.key, { ...sent, ...attachment?.() })
    const { id } = message.payload
    this.#log({ ...where, by: message.by, ...sent, id })
    this.sent += 1
    if (dies === 'after_post') process.exit(9)

    const fails = this.#takes('fail_next')
    this.#echo(id)
    this.#complain(conversation)
    if (profile.answer_delay_ms) await pause(profile.answer_delay_ms)
    if (fails) throw new Error('the connection to the chat broke')
    return profile.returns_id ? id : undefined
  }

  /** Whether one of a counted number of times is left, which is then one less. */
  #takes (name) {
    if (this.profile[name] <= 0) return false
    this.profile[name] -= 1
    return true
  }

  /** Our own message comes back like anybody's: at once, late, never, or late with every fifth lost. */
  #echo (id) {
    const { echo, echo_delay_ms: delay } = this.profile
    if (echo === 'never' || (echo === 'lost' && ++this.#echoes % 5 === 0)) return
    if (echo === 'now') setImmediate(() => this.#deliver(id))
    else setTimeout(() => this.#deliver(id), delay)
  }

  /** The chat has no error for speaking too often: it says so, in the room, in nobody's name; and counts anew. */
  #complain (room) {
    if (this.profile.too_fast_after === null || ++this.#sinceTooFast < this.profile.too_fast_after) return
    this.#sinceTooFast = 0
    if (room.members) setImmediate(() => this.say({ room: room.key, type: 'system18', text: TOO_FAST }))
  }

  /** The bytes of what we sent, once each, for the client that asks for its echo's picture. */
  #store (sha256, bytes) {
    const path = join(this.posted, sha256)
    if (!existsSync(path)) {
      mkdirSync(this.posted, { recursive: true })
      writeFileSync(`${path}.part`, bytes)
      renameSync(`${path}.part`, path)
    }
    return path
  }

  // ——— what people do ———

  /** Somebody (`by`; nobody: the chat itself) speaks in a room, or privately to the account. */
  say ({ room, by = null, type = 'text', base64, ...said }) {
    const where = room ? { room, to: null } : { room: null, to: this.town.account.key }
    if (by !== null) this.town.person(by)
    if (room && by !== null && !this.town.room(room).members.has(by)) throw new Error(`${by} is not in ${room}`)
    if (typeof type !== 'number' && !Object.hasOwn(NUMBERS, type)) throw new Error(`no type ${type}`)
    if (said.path) said.name ??= basename(said.path)
    if (base64) said.bytes = Buffer.from(base64, 'base64')
    if (type === 'quote' && said.quoted) said.text = `「${said.quoted}」\n- - - - - - - - - - - - - - -\n${said.text}`
    const message = this.#keep(where, by, { kind: type, ...said })
    this.#log({ ...where, by, kind: type, id: message.payload.id }) // their words are theirs
    if (room) this.town.room(room).heard = true
    this.#deliver(message.payload.id)
    return message.payload.id
  }

  recall ({ id, by }) {
    const { where, by: author } = this.#kept.get(id) ?? fail(`no message ${id}`)
    const { payload } = this.#keep(where, by ?? author, { kind: 'recall', text: id })
    this.#log({ ...where, by: by ?? author, kind: 'recall', id })
    this.#deliver(payload.id)
    return payload.id
  }

  comeInto ({ room, who, by }) {
    this.town.person(who)
    this.#change(room, ({ members }) => members.add(who))
    this.#tell('room-join', room, { inviteeIdList: [this.#id(who)], inviterId: this.#id(by) })
  }

  leave ({ room, who, by }) {
    this.#change(room, ({ members }) => members.delete(who) || fail(`${who} is not in ${room}`))
    this.#tell('room-leave', room, { removeeIdList: [this.#id(who)], removerId: this.#id(by ?? who) })
  }

  rename ({ room, topic, by }) {
    const oldTopic = this.town.room(room).topic
    this.#change(room, changed => { changed.topic = topic })
    this.#tell('room-topic', room, { changerId: this.#id(by), oldTopic, newTopic: topic })
  }

  invite ({ room, by }) {
    this.town.room(room)
    const id = this.#newId()
    this.#invitations.set(id, { room, by, timestamp: Date.now() })
    if (this.isLoggedIn) this.emit('room-invite', { roomInvitationId: id })
    return id
  }

  scan ({ qrcode, status = ScanStatus.Waiting }) {
    this.emit('scan', { qrcode, status })
  }

  /** Things a client has to survive: a payload that cannot be had, one that makes no sense, an id out of nowhere. */
  garbage ({ room, payload } = {}) {
    const broken = this.#newId()
    this.#kept.set(broken, {})
    const odd = this.#newId()
    const roomId = room ? this.town.room(room).id : 'nowhere@chatroom'
    const senseless = { id: odd, type: 99, text: null, talkerId: null, roomId, timestamp: 0, filename: null }
    this.#kept.set(odd, { payload: { ...senseless, ...payload } })
    const ids = payload ? [odd] : [broken, odd, this.#newId()]
    for (const messageId of ids) this.emit('message', { messageId })
    return ids
  }

  forget () {
    this.#kept.clear()
    this.cache.message.clear()
  }

  #id (key) {
    return key === undefined || key === null ? '' : this.town.person(key).id
  }

  /** A room changed: neither this side nor the client may go on with what it had cached. */
  #change (key, how) {
    const room = this.town.room(key)
    how(room)
    this.cache.room.delete(room.id)
    this.dirtyPayload(Dirty.Room, room.id)
    this.dirtyPayload(Dirty.RoomMember, room.id)
  }

  #tell (event, room, what) {
    if (this.isLoggedIn) this.emit(event, { ...what, roomId: this.town.room(room).id, timestamp: Date.now() })
  }

  // ——— messages ———

  #newId () {
    return `${this.#born}-${++this.#number}`
  }

  #keep (where, by, { kind, text = '', mentions = [], at = Date.now(), ...rest }) {
    const payload = {
      id: this.#newId(),
      type: typeof kind === 'number' ? kind : NUMBERS[kind],
      talkerId: this.#id(by),
      roomId: where.room ? this.town.room(where.room).id : '',
      listenerId: this.#id(where.to),
      text,
      timestamp: at,
      mentionIdList: mentions.filter(key => this.town.people.has(key)).map(key => this.#id(key)),
      filename: rest.name ?? '',
    }
    const message = { where, by, payload, ...rest }
    this.#kept.set(payload.id, message)
    if (this.#kept.size > this.profile.keep) this.#kept.delete(this.#kept.keys().next().value)
    return message
  }

  /** To the client, if the account would see it. */
  #deliver (messageId) {
    const room = this.#kept.get(messageId)?.where.room
    const sees = !room || this.town.room(room).members.has(this.town.account.key)
    if (this.isLoggedIn && sees) this.emit('message', { messageId })
  }

  #log (line) {
    this.witness.write(line, this.profile.fsync)
  }

  #message (id) {
    return this.#kept.get(id) ?? fail(`no message ${id}`)
  }

  async messageRawPayload (id) {
    return this.#message(id).payload ?? fail('this message cannot be read')
  }

  async messageUrl (id) {
    const { url = '', title = '', description } = this.#message(id)
    return { url, title, description }
  }

  async messageMiniProgram (id) {
    const { appid, page, title, description } = this.#message(id)
    return { appid, pagePath: page, title, description }
  }

  async messageFile (id) {
    const { path, bytes, name = 'file.dat' } = this.#message(id)
    if (!path && !bytes) throw new Error('no file')
    const content = bytes ?? await readFile(path)
    return FileBox.fromBase64(content.toString('base64'), name) // wechaty's server cannot pass on a small buffer
  }

  async messageImage (id) {
    return this.messageFile(id)
  }

  // ——— rooms and people, as they stand now ———

  #room (id) {
    const room = this.town.byId.get(id)
    return room?.members ? room : fail(`no room ${id}`)
  }

  #person (id) {
    const person = this.town.byId.get(id)
    return person && !person.members ? person : fail(`no contact ${id}`)
  }

  async roomList () {
    const me = this.town.account.key
    const rooms = [...this.town.rooms.values()].filter(room => room.members.has(me))
    return rooms.filter(room => this.profile.lists_rooms || room.heard).map(room => room.id)
  }

  async roomMemberList (id) {
    return [...this.#room(id).members].map(key => this.#id(key))
  }

  async roomRawPayload (id) {
    const { topic, owner } = this.#room(id)
    return { id, topic, memberIdList: await this.roomMemberList(id), ownerId: this.#id(owner), adminIdList: [] }
  }

  async roomTopic (id, topic) {
    if (topic === undefined) return this.#room(id).topic
    this.rename({ room: this.#room(id).key, topic, by: this.town.account.key })
  }

  async roomMemberRawPayload (roomId, id) {
    const { name, aliases } = this.#person(id)
    return { id, name, roomAlias: aliases[this.#room(roomId).key] ?? '', avatar: '', inviterId: '' }
  }

  async roomInvitationRawPayload (id) {
    const { room, by, timestamp } = this.#invitations.get(id) ?? fail(`no invitation ${id}`)
    const { topic, members } = this.town.room(room)
    const people = { inviterId: this.#id(by), receiverId: this.town.account.id }
    const size = { memberCount: members.size, memberIdList: [...members].map(key => this.#id(key)) }
    return { id, topic, avatar: '', invitation: '', timestamp, ...people, ...size }
  }

  async roomInvitationAccept (id) {
    const { room, by } = this.#invitations.get(id) ?? fail(`no invitation ${id}`)
    if (!this.isLoggedIn) throw new Error('not logged in')
    this.#invitations.delete(id)
    const { account } = this.town
    this.#log({ room, to: null, by: account.key, kind: 'accept', id })
    this.comeInto({ room, who: account.key, by })
  }

  async contactList () {
    return [...this.town.people.values()].filter(person => person.friend).map(person => person.id)
  }

  async contactRawPayload (id) {
    const { name, friend } = this.#person(id)
    return { id, name, friend, avatar: '', gender: 0, phone: [], type: types.Contact.Individual }
  }

  async contactAlias (id, alias) {
    return alias === undefined ? '' : undefined
  }

  async contactSelfQRCode () {
    return `https://weixin.example/${this.town.account.id}`
  }

  /** At once (the mock takes a second): a client measures by it whether the gateway is alive. */
  ding (data) {
    setImmediate(() => this.emit('dong', { data: data ?? '' }))
  }
}

function fail (why) {
  throw new Error(why)
}
