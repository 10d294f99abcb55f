/** What `linklatch sites …` prints. */
import type { SitesClient } from './sites-client.ts'

export type { SitesClient }

export async function addSite(sites: SitesClient, input: object, print: (text: string) => void): Promise<void> {
  const site = await sites.add(input)
  print(`Added ${site.name} (${site.id}). Paste this into the page where people sign in, and into the landing page:\n\n${site.snippet}\n`)
}

export async function listSites(sites: SitesClient, print: (text: string) => void): Promise<void> {
  const all = await sites.list()
  if (all.length === 0) return print('No sites yet: linklatch sites add --name NAME --origin https://… --landing https://…/')
  for (const { id, name, origins } of all) print(`${id}  ${name}  ${origins.join(' ')}`)
}

export async function removeSite(sites: SitesClient, id: string, print: (text: string) => void): Promise<void> {
  await sites.remove(id)
  print(`Removed ${id} with its users and sessions.`)
}
