export default function Home() {
  return (
    <main>
      <h1>The Slow Atlas</h1>
      <p><a href="/dashboard">Your dashboard</a></p>
    </main>
  )
}
