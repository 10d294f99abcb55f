import assert from 'node:assert/strict'
import { test } from 'node:test'
import './paths.ts'
import { compareGallery } from '../../widget/gallery.js'

const { CHROME_PATH } = process.env

test('every phase in every theme looks as in docs/gallery, or `npm run gallery` was run', { skip: !CHROME_PATH && 'no chromium here (CHROME_PATH)', timeout: 300_000 }, async (context) => {
  const { compared, faults } = await compareGallery(CHROME_PATH)
  context.diagnostic(compared === 'pictures' ? 'compared pictures' : 'other browser or fonts than the stored pictures: compared colours and measures of each part')
  assert.deepEqual(faults, [])
})
