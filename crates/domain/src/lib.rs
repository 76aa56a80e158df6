//! Pure rules of the business: money, tax, invoices, links, statuses. No clock, no chance, no I/O.
