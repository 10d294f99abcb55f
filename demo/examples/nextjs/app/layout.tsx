import type { ReactNode } from 'react'

export const metadata = { title: 'The Slow Atlas' }

export default function Layout({ children }: { children: ReactNode }) {
  const server = process.env.LINKLATCH_SERVER ?? 'http://localhost:4600'
  return (
    <html lang="en">
      <head>
        <script type="module" src={`${server}/linklatch.js`}></script>
      </head>
      <body>{children}</body>
    </html>
  )
}
