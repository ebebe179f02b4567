// Drives node-quickbooks against a company: create, find, update, void, delete, batch, changes, reports, company info.
// Its one argument is the company's ready line; it prints one line of JSON with what it saw.
'use strict'
const QuickBooks = require('node-quickbooks')
const ready = JSON.parse(process.argv[2])
QuickBooks.V3_ENDPOINT_BASE_URL = ready.base_url + '/v3/company/'
QuickBooks.TOKEN_URL = ready.token_url
const client = new QuickBooks(
  ready.client_id, ready.client_secret, ready.access_token, false, ready.company_id, true, false, null, '2.0',
  ready.refresh_token
)
const ask = (name, ...given) =>
  new Promise((resolve, reject) => client[name](...given, (problem, told) => (problem ? reject(problem) : resolve(told))))
const fault = (problem) => (problem.Fault || problem.response.data.Fault).Error[0].code
const line = (amount) => ({
  Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } }
})

async function main () {
  const seen = {}
  const info = await ask('getCompanyInfo', ready.company_id)
  seen.company = info.CompanyName

  const customer = await ask('createCustomer', { DisplayName: "Zoë's Pots" })
  const found = await ask('findCustomers', { DisplayName: "Zoë's Pots" })
  seen.found = found.QueryResponse.Customer.map((each) => each.Id)
  seen.id = customer.Id
  seen.duplicate = await ask('createCustomer', { DisplayName: "Zoë's Pots" }).then(() => '', fault)
  const changed = await ask('updateCustomer', { Id: customer.Id, SyncToken: customer.SyncToken, Notes: 'kept' })
  seen.changed = [changed.SyncToken, changed.Notes, changed.DisplayName]
  seen.stale = await ask('updateCustomer', { Id: customer.Id, SyncToken: '0', Notes: 'x' }).then(() => '', fault)

  const sale = () => ({ requestId: 'n-1', CustomerRef: { value: customer.Id }, Line: [line(100.1)] })
  const invoice = await ask('createInvoice', sale())
  const again = await ask('createInvoice', sale())
  seen.once = invoice.Id === again.Id
  const link = [{ TxnId: invoice.Id, TxnType: 'Invoice' }]
  const payment = await ask('createPayment', {
    CustomerRef: { value: customer.Id }, TotalAmt: 100.1, Line: [{ Amount: 100.1, LinkedTxn: link }]
  })
  seen.paid = (await ask('getInvoice', invoice.Id)).Balance
  const voided = await ask('voidPayment', { Id: payment.Id, SyncToken: payment.SyncToken })
  seen.payment = [voided.TotalAmt, voided.PrivateNote]
  const open = await ask('getInvoice', invoice.Id)
  const gone = (await ask('voidInvoice', { Id: open.Id, SyncToken: open.SyncToken })).Invoice
  seen.invoice = [gone.TotalAmt, gone.PrivateNote]
  const deleted = await ask('deleteInvoice', { Id: gone.Id, SyncToken: gone.SyncToken })
  seen.deleted = deleted.Invoice.status
  seen.missing = await ask('getInvoice', invoice.Id).then(() => '', fault)

  const batch = await ask('batch', [
    { bId: '1', operation: 'create', Customer: { DisplayName: 'From a batch' } },
    { bId: '2', operation: 'create', Customer: { DisplayName: 'Priya Natarajan' } },
    { bId: '3', Query: "select count(*) from Invoice where DocNumber = '1001'" }
  ])
  seen.batch = batch.BatchItemResponse.map((each) =>
    each.Customer ? each.Customer.DisplayName : each.Fault ? each.Fault.Error[0].code : each.QueryResponse.totalCount)
  const changes = await ask('changeDataCapture', ['Invoice', 'Customer'], new Date(Date.now() - 864e5))
  const parts = changes.CDCResponse[0].QueryResponse
  seen.stubs = parts.flatMap((part) => part.Invoice || []).filter((each) => each.status === 'Deleted').map((each) => each.Id)
  seen.stub = invoice.Id

  const report = await ask('reportProfitAndLoss', { start_date: '2026-06-01', end_date: '2026-07-31' })
  seen.profit = report.Rows.Row[report.Rows.Row.length - 1].Summary.ColData[1].value
  seen.balanced = (await ask('reportBalanceSheet', {})).Rows.Row.map((row) => row.Summary.ColData[1].value)
  seen.pdf = Buffer.from(await ask('getInvoicePdf', '1')).subarray(0, 5).toString()
  seen.count = (await ask('findInvoices', { CustomerRef: '6', count: true })).QueryResponse.totalCount
  await ask('refreshAccessToken')
  seen.refreshed = (await ask('getCompanyInfo', ready.company_id)).Id
  return seen
}

main().then(
  (seen) => console.log(JSON.stringify(seen)),
  (problem) => { console.error(problem.response ? JSON.stringify(problem.response.data) : problem); process.exit(1) }
)
