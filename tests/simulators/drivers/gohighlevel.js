// Drives @gohighlevel/api-client, HighLevel's own client for Node.js, against an agency: login, reading, a contact, a signature.
// Its one argument is the agency's ready line, with a webhook in it; it prints one line of JSON with what it saw.
'use strict'
const { HighLevel } = require('@gohighlevel/api-client')
const ready = JSON.parse(process.argv[2])
HighLevel.BASE_URL = ready.base_url

// What a person does on the page: Connect.
async function allow () {
  const form = {
    response_type: 'code',
    client_id: ready.client_id,
    redirect_uri: 'https://tieout.example/back',
    scope: 'invoices.readonly contacts.readonly contacts.write payments/transactions.readonly',
    decision: 'allow'
  }
  const body = new URLSearchParams(form)
  const answer = await fetch(ready.authorize_url, { method: 'POST', body, redirect: 'manual' })
  return new URL(answer.headers.get('location')).searchParams.get('code')
}

async function main () {
  const seen = {}
  const app = new HighLevel({ clientId: ready.client_id, clientSecret: ready.client_secret, logLevel: 'none' })
  const keys = { client_id: ready.client_id, client_secret: ready.client_secret }
  const first = await app.oauth.getAccessToken({ ...keys, code: await allow(), grant_type: 'authorization_code' })
  const pair = await app.oauth.refreshToken(first.refresh_token, keys.client_id, keys.client_secret, 'refresh_token', 'Location')
  seen.login = [first.userType, pair.refresh_token !== first.refresh_token, pair.expires_in]

  const api = new HighLevel({ ...app.config, locationAccessToken: pair.access_token, logLevel: 'none' })
  const at = { altId: ready.location_id, altType: 'location' }
  const invoices = await api.invoices.listInvoices({ ...at, limit: '100', offset: '0' })
  seen.invoices = [invoices.total, invoices.invoices.map((invoice) => invoice.status).sort().at(-1)]
  seen.payments = (await api.payments.listTransactions({ ...at, limit: 100 })).totalCount
  const made = await api.contacts.createContact({ locationId: ready.location_id, email: 'node@example.com' })
  const same = await api.contacts.getDuplicateContact({ locationId: ready.location_id, email: 'node@example.com' })
  seen.contact = made.contact.id === same.contact.id
  seen.refused = await api.products.getListInventory(at).then(() => 0, (problem) => problem.statusCode)
  const { body, signature } = ready.webhook
  const key = ready.webhook_public_key
  const pem = `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----\n`
  seen.signature = [body, body + ' '].map((text) => api.webhooks.verifyEd25519Signature(text, signature, pem))
  console.log(JSON.stringify(seen))
}

main().catch((problem) => { console.error(problem); process.exit(1) })
