/** What `/console` loads. */
import { OwnerConsole } from './console.ts'
import { styles } from './styles.ts'

const sheet = new CSSStyleSheet()
sheet.replaceSync(styles)
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
document.body.replaceChildren()
new OwnerConsole(document.body).start()
