import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ConfigError, type Environment, readConfig } from './config.ts'

const goodToken = 'q7Xw0Zr5LkT2vN8sB4hJ6yD1mF3pG9cA'
const production = { NODE_ENV: 'production', LINKLATCH_PUBLIC_URL: 'https://auth.example.com', LINKLATCH_SMTP_URL: 'smtps://user:pass@mail.example.com' }

/** The one line that stops the start. */
function refusal(env: Environment): string {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    assert.doesNotMatch(error.message, /[\r\n]/)
    return error.message
  }
  assert.fail(`started with ${JSON.stringify(env)}`)
}

describe('without any variable', () => {
  it('the configuration is the documented one', () => {
    assert.deepEqual(readConfig({ PATH: '/bin' }), {
      port: 4600,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:4600',
      production: false,
      dataDir: resolve('data'),
      keysDir: resolve('data/keys'),
      mailFrom: { name: 'Linklatch', address: 'no-reply@localhost' },
      proxyHops: 0,
      limits: {
        'start.address': { max: 5, seconds: 600 },
        'start.address_ip': { max: 3, seconds: 600 },
        'start.ip': { max: 20, seconds: 600 },
        'start.site': { max: 1000, seconds: 3600 },
        'start.mark': { max: 3, seconds: 3600 },
        'start.marked': { max: 6, seconds: 3600 },
        'code.address': { max: 10, seconds: 86400 },
        'code.site': { max: 300, seconds: 600 },
        'export.user': { max: 10, seconds: 3600 },
        'admin.ip': { max: 20, seconds: 600 },
      },
      streamsPerIp: 60,
      logLevel: 'info',
    })
  })

  it('nothing of it can be changed later', () => {
    const config = readConfig({})
    for (const part of [config, config.limits, config.limits['start.ip'], config.mailFrom]) assert.ok(Object.isFrozen(part))
  })

  it('an empty variable counts as none', () => {
    const names = ['PORT', 'HOST', 'LINKLATCH_PUBLIC_URL', 'LINKLATCH_SMTP_URL', 'LINKLATCH_ADMIN_TOKEN', 'LINKLATCH_LIMITS', 'LINKLATCH_STORE_URL', 'LINKLATCH_DATA_DIR']
    assert.deepEqual(readConfig(Object.fromEntries(names.map((name) => [name, '']))), readConfig({}))
  })
})

describe('a wrong value', () => {
  it('stops the start with the variable, the value and what it takes', () => {
    assert.equal(refusal({ PORT: '70000' }), 'PORT is "70000": it takes a whole number from 0 to 65535')
    assert.match(refusal({ LINKLATCH_DATA_DIR: 'a\0b' }), /^LINKLATCH_DATA_DIR is "a\\u0000b": it takes a path/)
  })

  const wrong: Record<string, string[]> = {
    PORT: ['-1', '65536', '4600.5', 'http', '0x10', ' 1', '1e3'],
    NODE_ENV: ['prod', 'Production', '"production"', 'production\r'],
    HOST: ['http://localhost', 'a b', '-x', '127.0.0.1:80'],
    LINKLATCH_PROXY_HOPS: ['-1', 'true', '1.5', '33'],
    LINKLATCH_PUBLIC_URL: ['auth.example.com', 'https://auth.example.com/auth', 'https://auth.example.com/?', 'https://auth.example.com#', 'https://me@auth.example.com', 'https://@auth.example.com', 'https://auth.example.com.', 'ftp://auth.example.com', 'https://*.example.com', 'javascript:alert(1)', 'https:\\\\auth.example.com'],
    LINKLATCH_SMTP_URL: ['mail.example.com', 'http://mail.example.com', 'smtp://', 'smtp:mail', 'smtp://mail.example.com/path', 'smtp://mail.example.com?tls.rejectUnauthorized=false', 'smtp://user:100%@mail.example.com', 'smtp://mail.example.com:99999'],
    LINKLATCH_MAIL_FROM: ['Linklatch', '<>', 'A <a@x.com> b', 'a@x.com, b@x.com', 'A <a@x.com, b@x.com>', 'A\r\nBcc: b@x.com <a@x.com>', 'A "b <a@x.com>', 'a@localhost.'],
    LINKLATCH_LOG_LEVEL: ['verbose', 'INFO'],
    LINKLATCH_LIMITS: ['start.ip', 'start.ip=20', 'start.ip=0/600', 'start.ip=20/0', 'start.ip=a/600', 'start.ip=20/600/1', 'start.ip=20/600,', 'start.ip=20/600=1', 'start.ip=1/1,start.ip=2/2', 'streams.ip=0', 'streams.ip=60/600', 'start.adress=5/600', '__proto__=1/1', 'constructor=1/1', 'start.ip=99999999999/1'],
    LINKLATCH_ADMIN_TOKEN: ['short', 'x'.repeat(31), `${goodToken} `, `${goodToken}ü`, `${goodToken}!`, `${goodToken}=a`, '='.repeat(40)],
  }
  for (const [variable, values] of Object.entries(wrong)) {
    it(`of ${variable} is refused in each of its forms`, () => {
      for (const value of values) assert.ok(refusal({ [variable]: value }).startsWith(`${variable} is `), value)
    })
  }

  it('of a secret is never shown', () => {
    for (const variable of ['LINKLATCH_ADMIN_TOKEN', 'LINKLATCH_SMTP_URL', 'LINKLATCH_SMS_URL', 'LINKLATCH_STORE_URL']) {
      assert.doesNotMatch(refusal({ [variable]: 'http://me:hunter2@x' }), /hunter2/)
    }
    const key = '-----BEGIN PRIVATE KEY-----\nMIICdwIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----\n'
    for (const variable of ['LINKLATCH_DKIM_KEY_FILE', 'LINKLATCH_DKIM_SELECTOR', 'LINKLATCH_KEYS_DIR']) {
      assert.match(refusal({ [variable]: key }), new RegExp(`^${variable} is set \\(\\d+ characters, not shown\\): it takes`), 'a key in the place of its file’s name')
    }
  })

  it('stops the start with one line, whatever it is', () => {
    const names = ['PORT', 'HOST', 'LINKLATCH_PUBLIC_URL', 'LINKLATCH_SMTP_URL', 'LINKLATCH_MAIL_FROM', 'LINKLATCH_LIMITS', 'LINKLATCH_LOG_LEVEL', 'LINKLATCH_DATA_DIR']
    fc.assert(fc.property(fc.constantFrom(...names), fc.string({ unit: 'binary' }), (name, value) => {
      try {
        readConfig({ [name]: value })
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error))
        assert.doesNotMatch(error.message, /\p{Cc}/u)
      }
    }))
  })
})

describe('a variable that is none', () => {
  it('stops the start and names the nearest one that is', () => {
    assert.equal(refusal({ LINKLATCH_STMP_URL: 'x' }), 'LINKLATCH_STMP_URL is no variable of Linklatch: did you mean LINKLATCH_SMTP_URL?')
    assert.match(refusal({ LINKLATCH_PORT: '1' }), /did you mean PORT\?$/)
    assert.match(refusal({ LINKLATCH_LIMIT: '1' }), /did you mean LINKLATCH_LIMITS\?$/)
  })

  it('is no business of ours where Kubernetes tells of a Service by it', () => {
    const of = (service: string, host: string, port: string, transport = 'tcp', url = `${transport}://${host}:${port}`) => ({
      [`${service}_SERVICE_HOST`]: host,
      [`${service}_SERVICE_PORT`]: port,
      [`${service}_SERVICE_PORT_HTTP`]: port,
      [`${service}_PORT`]: url,
      [`${service}_PORT_${port}_${transport.toUpperCase()}`]: url,
      [`${service}_PORT_${port}_${transport.toUpperCase()}_PROTO`]: transport,
      [`${service}_PORT_${port}_${transport.toUpperCase()}_PORT`]: port,
      [`${service}_PORT_${port}_${transport.toUpperCase()}_ADDR`]: host,
    })
    const told = { ...of('LINKLATCH', '10.96.12.7', '4600'), ...of('LINKLATCH_REDIS', 'fd00::1', '6379', 'tcp', 'tcp://[fd00::1]:6379'), ...of('LINKLATCH_DNS', '10.96.0.10', '53', 'udp') }
    assert.deepEqual(readConfig(told), readConfig({}))
    for (const [name, value] of Object.entries(told)) assert.match(refusal({ [name]: value.replace(/\d+/, 'x').replace('tcp', 'xcp').replace('udp', 'xdp') }), new RegExp(`^${name} is no variable`), value)
  })

  it('stops the start still where it only looks like one of those', () => {
    for (const [name, value] of [['LINKLATCH_PORT', '4600'], ['LINKLATCH_PORT', 'tcp://redis:6379'], ['LINKLATCH_PORT', 'http://10.0.0.1:80'], ['LINKLATCH_HOST', '10.0.0.1'], ['LINKLATCH_SMTP_PORT', '587'], ['LINKLATCH_SMTP_HOST', '10.0.0.1'], ['LINKLATCH_SERVICE_HOST', 'auth.example.com'], ['LINKLATCH_SERVICE_PORT', 'http'], ['LINKLATCH_PROXY_HOPS_PORT', '1']]) {
      assert.match(refusal({ [String(name)]: value }), new RegExp(`^${name} is no variable of Linklatch`))
    }
  })

  it('is no business of ours without the prefix', () => {
    assert.doesNotThrow(() => readConfig({ LINKLATCHES: '1', SMTP_URL: 'x' }))
  })
})

describe('the public URL', () => {
  it('follows the port, and has no slash at its end', () => {
    assert.equal(readConfig({ PORT: '8080' }).publicUrl, 'http://localhost:8080')
    assert.equal(readConfig({ LINKLATCH_PUBLIC_URL: 'HTTPS://Auth.Example.com:443/' }).publicUrl, 'https://auth.example.com')
  })

  it('has to be named where the port is any', () => {
    assert.match(refusal({ PORT: '0' }), /^LINKLATCH_PUBLIC_URL is not set/)
    assert.equal(readConfig({ PORT: '0', LINKLATCH_PUBLIC_URL: 'http://localhost:9' }).port, 0)
  })
})

describe('the limits', () => {
  it('are changed by name, the others stay', () => {
    const config = readConfig({ LINKLATCH_LIMITS: 'start.ip=2/30, streams.ip=5' })
    assert.deepEqual(config.limits['start.ip'], { max: 2, seconds: 30 })
    assert.deepEqual(config.limits['start.address'], { max: 5, seconds: 600 })
    assert.equal(config.streamsPerIp, 5)
    assert.deepEqual(readConfig({}).limits['start.ip'], { max: 20, seconds: 600 })
  })

  it('of an unknown name stop the start with the nearest known one', () => {
    assert.match(refusal({ LINKLATCH_LIMITS: 'start.adress=5/600' }), /no limit "start\.adress", did you mean start\.address\?/)
  })
})

describe('mail', () => {
  it('comes from the host of the public URL unless told otherwise', () => {
    assert.deepEqual(readConfig({ LINKLATCH_PUBLIC_URL: 'https://auth.example.com' }).mailFrom, { name: 'Linklatch', address: 'no-reply@auth.example.com' })
    assert.equal(readConfig({ LINKLATCH_PUBLIC_URL: 'http://[::1]:4600' }).mailFrom.address, 'no-reply@localhost')
    assert.deepEqual(readConfig({ LINKLATCH_MAIL_FROM: '"Anna’s Bakery, Inc." <Hello@Bakery.example>' }).mailFrom, { name: 'Anna’s Bakery, Inc.', address: 'hello@bakery.example' })
    assert.deepEqual(readConfig({ LINKLATCH_MAIL_FROM: 'hello@bakery.example' }).mailFrom, { name: '', address: 'hello@bakery.example' })
    assert.equal(readConfig({ LINKLATCH_MAIL_FROM: 'Dev <dev@localhost>' }).mailFrom.address, 'dev@localhost')
  })

  it('is signed with all three of the DKIM variables or none', () => {
    const all = { LINKLATCH_DKIM_DOMAIN: 'Example.com', LINKLATCH_DKIM_SELECTOR: 'mail', LINKLATCH_DKIM_KEY_FILE: '/keys/dkim.pem' }
    assert.deepEqual(readConfig(all).dkim, { domain: 'example.com', selector: 'mail', keyFile: '/keys/dkim.pem' })
    assert.match(refusal({ ...all, LINKLATCH_DKIM_SELECTOR: undefined }), /^LINKLATCH_DKIM_SELECTOR is not set/)
  })
})

describe('the way to phones', () => {
  const key = Buffer.alloc(24, 7).toString('base64')
  const sms = (url: string) => readConfig({ LINKLATCH_SMS_URL: url }).sms

  it('is off without its variable', () => {
    assert.equal(readConfig({}).sms, undefined)
  })

  it('is Twilio, from a number, a messaging service or a name', () => {
    const service = `MG${'0a'.repeat(16)}`
    assert.deepEqual(sms('twilio://AC1:to%2Fken@+15550100200'), { kind: 'twilio', account: 'AC1', token: 'to/ken', from: '+15550100200' })
    for (const from of [service, 'Atlas', 'The Atlas']) assert.deepEqual(sms(`twilio://AC1:token@${encodeURIComponent(from)}`), { kind: 'twilio', account: 'AC1', token: 'token', from })
  })

  it('is a webhook, whose secret stands in the URL and goes out in no request', () => {
    assert.deepEqual(sms(`https://whsec_${encodeURIComponent(key)}@sms.example/send?to=1`), { kind: 'webhook', url: 'https://sms.example/send?to=1', secret: key })
    assert.equal(sms(`http://whsec_${encodeURIComponent(key)}@127.0.0.1:9/`)?.kind, 'webhook')
  })

  it('is nothing else, and a wrong value is not shown', () => {
    const short = Buffer.alloc(23).toString('base64')
    const wrong = ['twilio://AC1@+15550100200', 'twilio://AC1:token@', 'twilio://AC1:token@+0123', 'twilio://AC1:token@ein-Name', 'twilio://AC1:token@%ff', 'twilio://AC1:token@+15550100200/x', 'https://sms.example/send', `https://whsec_${encodeURIComponent(short)}@sms.example/`, `http://whsec_${encodeURIComponent(key)}@sms.example/`, `https://whsec_${encodeURIComponent(key)}:password@sms.example/`, 'sms.example', 'smtp://sms.example', 'https://whsec_%ff@sms.example/']
    for (const url of wrong) {
      assert.match(refusal({ LINKLATCH_SMS_URL: url }), /^LINKLATCH_SMS_URL is set \(\d+ characters, not shown\): it takes twilio:\/\/SID:TOKEN@FROM/)
    }
  })
})

describe('in production', () => {
  it('an https public URL and SMTP are enough', () => {
    const config = readConfig({ ...production, LINKLATCH_ADMIN_TOKEN: goodToken, LINKLATCH_KEYS_DIR: '/keys' })
    assert.equal(config.production, true)
    assert.equal(config.smtpUrl, production.LINKLATCH_SMTP_URL)
    assert.equal(config.adminToken, goodToken)
    assert.equal(config.keysDir, resolve('/keys'))
    assert.equal(config.dataDir, join(process.cwd(), 'data'))
  })

  it('a public URL over plain http is for loopback alone', () => {
    assert.match(refusal({ ...production, LINKLATCH_PUBLIC_URL: 'http://auth.example.com' }), /production takes https/)
    assert.equal(readConfig({ ...production, LINKLATCH_PUBLIC_URL: 'http://localhost:4600' }).publicUrl, 'http://localhost:4600')
    assert.equal(readConfig({ LINKLATCH_PUBLIC_URL: 'http://192.168.0.2:4600' }).publicUrl, 'http://192.168.0.2:4600')
  })

  it('mail has to leave the house', () => {
    assert.match(refusal({ ...production, LINKLATCH_SMTP_URL: undefined }), /^LINKLATCH_SMTP_URL is not set/)
  })

  it('an example of a secret is none', () => {
    const readme = /LINKLATCH_ADMIN_TOKEN=([\w-]+)/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1] ?? assert.fail()
    const examples = [readme, 'changeme'.repeat(4), `change-me-${goodToken}`, 'x'.repeat(40), '0'.repeat(32), 'abcabc'.repeat(8), `your-secret-${goodToken}`, `example-${goodToken}`]
    for (const token of examples) assert.match(refusal({ ...production, LINKLATCH_ADMIN_TOKEN: token }), /production takes no example/)
    assert.equal(readConfig({ LINKLATCH_ADMIN_TOKEN: 'x'.repeat(32) }).adminToken, 'x'.repeat(32))
  })
})
