/**
 * A real wechaty gateway (wechaty's own server, over gRPC) with a town of people behind it instead of WeChat.
 *
 *   CHUANDA_GATEWAY_TOKEN=… node gateway.mjs settings.json
 *
 * settings: {host, port, controlPort (0: choose), profile, world, log, home, salt?}. When it can be reached it says
 * {"port", "control"} in one line, and nothing else ever; `control` takes the commands below, as POSTed JSON.
 */

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTick } from 'node:timers/promises'

const { host = '127.0.0.1', port = 0, controlPort = 0, ...settings } = JSON.parse(readFileSync(process.argv[2], 'utf8'))

// Before wechaty is imported: its modules look at these once, then log people's words and write where they please.
process.noDeprecation = true
process.env.WECHATY_LOG = process.env.BROLOG_LEVEL = 'silent'
process.env.HOME = settings.home
process.env.TMPDIR = join(settings.home, 'tmp')
mkdirSync(process.env.TMPDIR, { recursive: true })

const { UniformResourceNameRegistry } = await import('file-box')
const { grpc } = await import('wechaty-grpc')
const { PuppetServer } = await import('wechaty-puppet-service')
const { TownPuppet, profileOf } = await import('./puppet.mjs')

/** What wechaty's server keeps to itself: its port when it chose one, how often it was called, and the open stream. */
const seen = { port: 0, calls: {}, stream: undefined }

// A parent that was killed closes our stdin; a gateway that outlived it would hold its port.
process.stdin.on('close', () => process.exit(0)).resume()
// wechaty's server lets a few errors go uncaught (a download of nothing); the next client must not pay for them.
process.on('uncaughtException', error => {
  console.error('uncaught:', error.stack)
  if (!seen.port) process.exit(1) // it never came up: its port is taken
})

const { addService, bindAsync } = grpc.Server.prototype
grpc.Server.prototype.addService = function (service, handlers) {
  const counted = Object.entries(handlers).map(([name, handle]) => [name, (call, answer) => {
    seen.calls[name] = (seen.calls[name] ?? 0) + 1
    if (name === 'event') seen.stream = call
    return handle(call, answer)
  }])
  return addService.call(this, service, Object.fromEntries(counted))
}
grpc.Server.prototype.bindAsync = function (address, credentials, done) {
  return bindAsync.call(this, address, credentials, (error, bound) => {
    seen.port = bound
    done(error, bound)
  })
}

/** Its own `save` is done when the last byte has come, not when it is on disk: a big upload could be read short. */
class Registry extends UniformResourceNameRegistry {
  async save (stream) {
    const uuid = randomUUID()
    await pipeline(stream, createWriteStream(this.uuidFileName(uuid)))
    this.addToExpiringTable(uuid)
    return uuid
  }
}

const puppet = new TownPuppet(settings)
const { town, witness } = puppet
const token = process.env.CHUANDA_GATEWAY_TOKEN
const server = new PuppetServer({ endpoint: `${host}:${port}`, puppet, token, tls: { disable: true } })
server.urnRegistry = new Registry()
server.urnRegistry.init()
await puppet.start()
await server.start()

const idsOf = all => Object.fromEntries([...all.values()].map(({ key, id }) => [key, id]))

const commands = {
  say: said => ({ id: puppet.say(said) }),
  recall: what => ({ id: puppet.recall(what) }),
  join: what => puppet.comeInto(what),
  leave: what => puppet.leave(what),
  rename: what => puppet.rename(what),
  invite: what => ({ id: puppet.invite(what) }),
  create_room: ({ room: key, ...what }) => town.add({ key, ...what }),
  logout: () => puppet.logout('taken off line'),
  login: async ({ ids }) => {
    await puppet.comeIn(ids)
    return commands.ids()
  },
  scan: what => puppet.scan(what),
  profile: changes => (puppet.profile = profileOf(changes, puppet.profile)),
  seen: ({ room }) => ({ lines: witness.lines(room) }),
  error_event: ({ text }) => void puppet.emit('error', new Error(text)),
  garbage: what => ({ ids: puppet.garbage(what) }),
  forget_payloads: () => puppet.forget(),
  ids: () => ({ rooms: idsOf(town.rooms), people: idsOf(town.people), salt: town.salt }),
  stats: () => ({
    sent: puppet.sent,
    received_rpc: Object.values(seen.calls).reduce((sum, count) => sum + count, 0),
    calls: seen.calls,
    memory_mb: Math.round(process.memoryUsage.rss() / 1e5) / 10,
  }),
  /** `count` messages as fast as the client takes them; `{n}` in the text is the number of each. */
  burst: async ({ count, text = '{n}', per_tick: perTick = 100, ...who }) => {
    for (let n = 0; n < count; n += 1) {
      puppet.say({ ...who, text: text.replace('{n}', n) })
      if (n % perTick !== perTick - 1) continue
      await nextTick()
      const { stream } = seen
      if (stream?.writableNeedDrain && !stream.destroyed) {
        const over = new AbortController()
        const { signal } = over
        await Promise.race(['drain', 'close', 'cancelled'].map(event => once(stream, event, { signal })))
        over.abort()
      }
    }
    return { count }
  },
}

const control = createServer(async (request, response) => {
  let status = 200
  let answer
  try {
    const chunks = await request.toArray()
    const { do: name, ...what } = JSON.parse(Buffer.concat(chunks))
    if (!Object.hasOwn(commands, name)) throw new Error(`no command ${name}`)
    answer = await commands[name](what)
  } catch (error) {
    status = 400
    answer = { error: error.message }
  }
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify(answer ?? {}))
})
control.listen(controlPort, '127.0.0.1')
await once(control, 'listening')
process.stdout.write(JSON.stringify({ port: seen.port, control: control.address().port }) + '\n')
