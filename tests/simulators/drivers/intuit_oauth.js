// Drives intuit-oauth, Intuit's own client for Node.js, against a company: login, ID token, calls, renewal, revocation.
// Its one argument is the company's ready line; it prints one line of JSON with what it saw.
'use strict'
const OAuthClient = require('intuit-oauth')
const ready = JSON.parse(process.argv[2])
const client = new OAuthClient({
  clientId: ready.client_id,
  clientSecret: ready.client_secret,
  environment: 'sandbox',
  redirectUri: 'http://localhost:9/back'
})
client.setAuthorizeURLs({
  authorizeEndpoint: ready.authorize_url,
  tokenEndpoint: ready.token_url,
  revokeEndpoint: ready.revoke_url,
  userInfoEndpoint: ready.user_info_url
})
OAuthClient.environment.sandbox = ready.base_url + '/'
OAuthClient.jwks_uri = ready.base_url + '/op/v1/jwks'
const company = 'v3/company/' + ready.company_id + '/'

// What a person does on the page: Allow.
async function allow (address) {
  const asked = new URL(address)
  asked.searchParams.set('decision', 'allow')
  const answer = await fetch(ready.authorize_url, { method: 'POST', body: asked.searchParams, redirect: 'manual' })
  return answer.headers.get('location')
}

const code = (problem) => problem.code || (problem.authResponse && problem.authResponse.json.error) || problem.error

async function main () {
  const seen = {}
  const scope = [OAuthClient.scopes.Accounting, OAuthClient.scopes.OpenId]
  const back = await allow(client.authorizeUri({ scope, state: 'kept' }))
  const first = (await client.createToken(back)).json
  seen.state = client.getToken().state
  seen.realm = client.getToken().realmId === ready.company_id
  // validateIdToken also wants Intuit's own address as the issuer, which the client has no setting for.
  const ticket = client.getToken().id_token
  const key = JSON.parse(Buffer.from(ticket.split('.')[0], 'base64')).kid
  const claims = await client.getKeyFromJWKsURI(ticket, key, { url: OAuthClient.jwks_uri, method: 'GET' })
  seen.signed = claims.realmid === ready.company_id
  seen.user = typeof (await client.getUserInfo()).json.sub
  const body = { DisplayName: "Zoë's Pots" }
  const made = await client.makeApiCall({ url: company + 'customer', method: 'POST', body })
  seen.made = made.json.Customer.DisplayName
  seen.duplicate = await client.makeApiCall({ url: company + 'customer', method: 'POST', body }).then(() => '', code)
  const told = await client.makeApiCall({ url: company + 'reports/TrialBalance' })
  const total = told.json.Rows.Row[told.json.Rows.Row.length - 1].Summary.ColData
  seen.balanced = total[1].value === total[2].value
  const pdf = await client.makeApiCall({ url: company + 'invoice/1/pdf', responseType: 'arraybuffer', headers: { Accept: 'application/pdf' } })
  seen.pdf = String(pdf.json).slice(0, 4)
  const second = (await client.refresh()).json
  seen.renewed = second.refresh_token !== first.refresh_token
  seen.stale = await client.refreshUsingToken(first.refresh_token).then(() => '', (problem) => problem.message)
  await client.refreshUsingToken(second.refresh_token)
  await client.revoke({ refresh_token: client.getToken().refresh_token })
  client.setToken(second)
  seen.revoked = await client.makeApiCall({ url: company + 'companyinfo/' + ready.company_id }).then(() => '', code)
  console.log(JSON.stringify(seen))
}
main().catch((problem) => { console.error(problem); process.exit(1) })
