// Drives quickbooks-node-promise against a company: login renewal, create, find, update, void, delete, changes, upload.
// Its one argument is the company's ready line; it prints one line of JSON with what it saw.
'use strict'
const imported = require('quickbooks-node-promise')
const Quickbooks = imported.default || imported
const ready = JSON.parse(process.argv[2])
Quickbooks.V3_ENDPOINT_BASE_URL = ready.base_url + '/v3/company/'
Quickbooks.TOKEN_URL = ready.token_url
let token = { realmID: ready.company_id, access_token: ready.access_token, refresh_token: ready.refresh_token }
const client = new Quickbooks({
  appKey: ready.client_id,
  appSecret: ready.client_secret,
  redirectUrl: 'http://localhost/back',
  scope: [Quickbooks.scopes.Accounting],
  autoRefresh: false,
  getToken: () => Promise.resolve(token),
  saveToken: (realm, told) => { token = told; return Promise.resolve(told) }
}, ready.company_id)
const code = (problem) => JSON.stringify(problem).match(/"code":"(\d+)"/)[1]

async function main () {
  const seen = {}
  const since = new Date(Date.now() - 60000)
  seen.company = (await client.getCompanyInfo(ready.company_id)).CompanyInfo.CompanyName
  const { Customer: customer } = await client.createCustomer({ DisplayName: "Zoë's Pots" })
  const found = await client.findCustomers({ DisplayName: "Zoë's Pots" })
  seen.found = found.QueryResponse.Customer.map((each) => each.Id === customer.Id)
  seen.duplicate = await client.createCustomer({ DisplayName: "Zoë's Pots" }).then(() => '', code)
  const sparse = { Id: customer.Id, SyncToken: customer.SyncToken, sparse: true, Notes: 'kept' }
  const { Customer: changed } = await client.updateCustomer(sparse)
  seen.changed = [changed.SyncToken, changed.Notes, changed.DisplayName]
  const line = { Amount: 100.1, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } }
  const sale = { CustomerRef: { value: customer.Id }, Line: [line] }
  const { Invoice: kept } = await client.createInvoice(sale)
  const { Invoice: gone } = await client.createInvoice(sale)
  const voided = await client.voidInvoice({ Id: kept.Id, SyncToken: kept.SyncToken })
  seen.voided = [voided.Invoice.TotalAmt, voided.Invoice.PrivateNote]
  seen.deleted = (await client.deleteInvoice({ Id: gone.Id, SyncToken: gone.SyncToken })).Invoice.status
  const changes = await client.changeDataCapture(['Bill', 'Invoice', 'PurchaseOrder'], since)
  seen.members = changes.CDCResponse[0].QueryResponse.map((each) => Object.keys(each)[0] || '')
  const balance = await client.reportTrialBalance()
  const total = balance.Rows.Row[balance.Rows.Row.length - 1].Summary.ColData
  seen.balanced = total[1].value === total[2].value
  seen.pdf = String(await client.getInvoicePdf(kept.Id)).slice(0, 4)
  const before = token.refresh_token
  await client.refreshAccessToken()
  seen.renewed = token.refresh_token !== before
  seen.after = (await client.getCompanyInfo(ready.company_id)).CompanyInfo.CompanyName
  console.log(JSON.stringify(seen))
}
main().catch((problem) => { console.error(problem); process.exit(1) })
