import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import Router from '@koa/router'
import { RememberingRouter } from './remembering-router.ts'

function aRouter() {
  const router = new RememberingRouter({ strict: true, sensitive: true })
  router.get('/a', () => undefined)
  router.post('/a', () => undefined)
  router.get('/a/:id', () => undefined)
  router.get('/b', () => undefined)
  router.get('/:any', () => undefined)
  return router
}
const seen = ({ path, pathAndMethod, route }: ReturnType<Router['match']>) => ({ path: path.map((layer) => layer.path), taken: pathAndMethod.map((layer) => layer.path), route })

describe('a router that remembers', () => {
  it('finds what any other would, each time, for every path and method', () => {
    const remembering = aRouter()
    const plain = new Router({ strict: true, sensitive: true })
    plain.stack.push(...remembering.stack)
    for (let time = 0; time < 3; time += 1)
      for (const path of ['/a', '/a/', '/A', '/b', '/a/b', '/a/:id', '/:any', '/c', '/', '', '/__proto__'])
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'get']) assert.deepEqual(seen(remembering.match(path, method)), seen(plain.match(path, method)), `${method} ${path}`)
  })

  it('asks its patterns once about a path that a route names as it is, and each time about all others', () => {
    const router = new RememberingRouter()
    router.get('/a', () => undefined)
    router.get('/c/:id', () => undefined)
    const [layer] = router.stack
    assert.ok(layer)
    const asked = mock.method(layer, 'match')
    for (const path of ['/a', '/a', '/a']) router.match(path, 'GET')
    assert.equal(asked.mock.callCount(), 1)
    for (const path of ['/c/1', '/c/1', '/nothing', '/nothing']) router.match(path, 'GET')
    assert.equal(asked.mock.callCount(), 5)
  })
})
