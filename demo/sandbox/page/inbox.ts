/** The inbox: a list that fills by itself, and one letter open. Asked for once a second, because a waiting stream in each tab would use up the browser's connections. */
import { copyOnPress } from './copy.ts'
import { frame, part } from './part.ts'
import { showTab, tabs } from './tabs.ts'

export type SandboxLetter = { number: number; to: string; subject: string; text: string; code: string; link: string; keptAt: number }
type Answer = { letters: SandboxLetter[]; note?: string }

let letters: SandboxLetter[] = []
/** What was in the inbox before the page is no news. */
let isFirstLook = true
let opened: SandboxLetter | undefined
let inboxInView = true

export function watchInbox(): void {
  tabs()
  copyOnPress('copy-code', () => opened?.code ?? '')
  copyOnPress('copy-link', () => opened?.link ?? '')
  part('open-device').addEventListener('click', () => {
    if (opened) frame('phone').src = `/device?letter=${opened.number}`
  })
  hint()
  void look()
  setInterval(() => void look(), 1000)
  document.addEventListener('visibilitychange', () => void look())
}

/** On a narrow screen the inbox is below: a new mail out of sight says so until the inbox is in view. */
function hint(): void {
  new IntersectionObserver(([seen]) => {
    inboxInView = seen?.isIntersecting === true
    if (inboxInView) part('new-mail').hidden = true
  }, { threshold: 0.1 }).observe(part('inbox'))
}

async function look(): Promise<void> {
  if (document.hidden) return
  const answer = await fetch('/inbox').catch(() => undefined)
  if (!answer?.ok) return
  const { letters: found, note } = (await answer.json()) as Answer
  if (note) part('empty-words').textContent = note
  const isNews = !isFirstLook
  isFirstLook = false
  if (found.length === letters.length && found[0]?.number === letters[0]?.number) return
  letters = found
  showList()
  if (!letters[0] || letters[0].number === opened?.number) return
  part('new-mail').hidden = inboxInView || !isNews
  if (!isRead()) open(letters[0])
}

/** Nothing changes under whoever is at it. */
const isRead = (): boolean => letters.some(({ number }) => number === opened?.number) && part('inbox').contains(document.activeElement)

function showList(): void {
  part('empty').hidden = letters.length > 0
  part('letters').hidden = letters.length === 0
  part('reader').hidden = letters.length === 0
  part('count').textContent = letters.length === 1 ? '1 mail' : `${letters.length} mails`
  listRows(part('letters'))
}

/** Rows that stay keep their place, and the focus. */
function listRows(list: HTMLElement): void {
  const listed = [...list.querySelectorAll('button')].map(({ dataset }) => Number(dataset.number))
  for (const gone of listed.filter((one) => !letters.some(({ number }) => number === one))) list.querySelector(`[data-number="${gone}"]`)?.closest('li')?.remove()
  list.prepend(...letters.filter(({ number }) => !listed.includes(number)).map(row))
}

function row(letter: SandboxLetter): HTMLElement {
  const item = document.createElement('li')
  const button = item.appendChild(document.createElement('button'))
  button.type = 'button'
  button.dataset.number = String(letter.number)
  const time = document.createElement('time')
  time.textContent = new Date(letter.keptAt * 1000).toLocaleTimeString([], { timeStyle: 'short' })
  button.append(words('b', letter.subject), time, words('span', letter.to))
  button.addEventListener('click', () => open(letter))
  return item
}

function words(tag: string, text: string): HTMLElement {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}

function open(letter: SandboxLetter): void {
  opened = letter
  part('subject').textContent = letter.subject
  part('to').textContent = letter.to
  part('code').textContent = letter.code
  part('text').textContent = letter.text
  frame('letter').src = `/inbox/${letter.number}`
  frame('phone').src = '/device'
  showTab('tab-html')
  for (const button of part('letters').querySelectorAll('button')) button.setAttribute('aria-current', String(button.dataset.number === String(letter.number)))
}
