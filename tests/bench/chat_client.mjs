/** Node's own client of a gateway, for `tests.bench.chat`; the same lines in and out as `chat_peer.py`. */

import { createInterface } from 'node:readline'
import { PuppetService } from 'wechaty-puppet-service'

const QUIET_MS = 15_000
const { BENCH_ENDPOINT: endpoint, BENCH_TOKEN: token } = process.env
const say = answer => process.stdout.write(JSON.stringify(answer) + '\n')

const ear = { prefix: '', left: 0, numbers: new Uint8Array(0), at: 0, done: () => {} }

function hear (text) {
  if (!ear.left || !text.startsWith(ear.prefix)) return
  const [base, n] = text.slice(ear.prefix.length).split('：')[0].split('+')
  const number = Number(base) + Number(n)
  if (ear.numbers[number]) return
  ear.numbers[number] = 1
  ear.left -= 1
  ear.at = performance.now()
  if (!ear.left) ear.done()
}

const puppet = new PuppetService({ endpoint, token, tls: { disable: true } })
puppet.on('error', error => console.error(error))
puppet.on('message', async ({ messageId }) => {
  try {
    hear((await puppet.messagePayload(messageId)).text)
  } catch (error) {
    console.error(error)
  }
})

async function sends ({ room, seconds, workers }) {
  const began = performance.now()
  let sent = 0
  await Promise.all(Array.from({ length: workers }, async (_, number) => {
    for (let own = 0; performance.now() - began < seconds * 1000; own += 1, sent += 1) {
      const id = await puppet.messageSendText(room, `${workers}-${number}-${own}：今天的宣传材料，请转发到各自的楼栋群`)
      if (!id) throw new Error('no id')
    }
  }))
  return { sent, seconds: (performance.now() - began) / 1000 }
}

async function all ({ prefix, count }) {
  Object.assign(ear, { prefix, left: count, numbers: new Uint8Array(count), at: performance.now() })
  say('listening')
  await new Promise(resolve => {
    ear.done = resolve
    const watch = setInterval(() => {
      if (ear.left && performance.now() - ear.at < QUIET_MS) return
      clearInterval(watch)
      resolve()
    }, 1000)
  })
  return ear.numbers.reduce((sum, one) => sum + one, 0)
}

const loggedIn = new Promise(resolve => puppet.once('login', resolve))
await puppet.start()
await loggedIn
say('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const what = JSON.parse(line)
  say(what.do === 'send' ? await sends(what) : await all(what))
}
process.exit(0)
