/** A site of static files. The one thing it needs to know is where the backend is. */
export default function (eleventy) {
  eleventy.addGlobalData('linklatch', process.env.LINKLATCH_SERVER ?? 'http://localhost:4600')
  return { dir: { output: '_site' } }
}
