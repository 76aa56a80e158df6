-- The first schema. One text for SQLite and PostgreSQL; docs/database.md says how to write for both.
-- Ids are made by the app (TEXT), instants are BIGINT microseconds, days TEXT (ISO 8601),
-- money BIGINT minor units beside a currency, decimals BIGINT with their scale in the name.
-- The business stands in the key of whatever is pointed at: a row can't point into another business.

-- What the install remembers of itself.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE businesses (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    address TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    brand_color TEXT,
    logo_hash TEXT,
    payment_instructions TEXT,
    stripe_account TEXT,
    charges_enabled BOOLEAN NOT NULL,
    -- What else Stripe said of the account when it was asked last; what it still wants is JSON.
    stripe_payouts_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    stripe_details_submitted BOOLEAN NOT NULL DEFAULT FALSE,
    stripe_requirements TEXT,
    stripe_checked_at BIGINT,
    -- Since when the account isn't used any more; its old payments still carry it.
    stripe_disconnected_at BIGINT,
    -- So many calls for an account are over and done with; the next one's idempotency key is made from it.
    stripe_setups BIGINT NOT NULL DEFAULT 0,
    invoice_prefix TEXT NOT NULL,
    next_invoice_number BIGINT NOT NULL,
    -- Announce each automatic charge so many days before; NULL: only those that differ from the last one.
    notice_days BIGINT,
    quote_prefix TEXT NOT NULL DEFAULT 'Q-',
    next_quote_number BIGINT NOT NULL DEFAULT 1,
    -- An invoice is due so many days after its issue date, unless its writer says otherwise.
    due_days BIGINT NOT NULL DEFAULT 30,
    default_tax_rate_id TEXT,
    -- Of what the owners are told by mail.
    notify_paid BOOLEAN NOT NULL DEFAULT TRUE,
    notify_failed BOOLEAN NOT NULL DEFAULT TRUE,
    notify_auto_pay_off BOOLEAN NOT NULL DEFAULT TRUE,
    notify_card_removed BOOLEAN NOT NULL DEFAULT TRUE,
    notify_dispute BOOLEAN NOT NULL DEFAULT TRUE,
    notify_quote_answered BOOLEAN NOT NULL DEFAULT TRUE,
    -- Moves with each change that an editor of the settings must not overwrite.
    revision BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
-- One account charges for one business: an event of the account must name its business.
CREATE UNIQUE INDEX businesses_stripe_account ON businesses (stripe_account);

CREATE TABLE logos (
    business_id TEXT NOT NULL REFERENCES businesses (id),
    hash TEXT NOT NULL,
    content_type TEXT NOT NULL,
    base64 TEXT NOT NULL,
    PRIMARY KEY (business_id, hash)
);

-- Who signs in. One person may belong to several businesses.
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    -- Argon2id in PHC form.
    password_hash TEXT NOT NULL,
    -- The authenticator's key, needed in clear to check a code; NULL until it is set up.
    totp_secret TEXT,
    totp_confirmed_at BIGINT,
    -- The step of the last code that was taken: each is good once.
    totp_last_step BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Hashes of the codes that stand in for a lost authenticator, each good once.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id),
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE memberships (
    business_id TEXT NOT NULL REFERENCES businesses (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    last_signed_in_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (business_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id, business_id);

-- Signed-in browsers. The cookie holds the token, this its hash.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- The business that is worked in now.
    business_id TEXT NOT NULL REFERENCES businesses (id),
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at, id);
CREATE INDEX sessions_idle ON sessions (last_seen_at);

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_how TEXT
);
CREATE UNIQUE INDEX invitations_open ON invitations (business_id, email_key) WHERE closed_at IS NULL;
CREATE INDEX invitations_expiry ON invitations (expires_at);

-- Hashes of the secrets in mails that invite, one for each time such a mail was made.
CREATE TABLE invitation_links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX invitation_links_invitation ON invitation_links (invitation_id);

CREATE TABLE password_resets (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX password_resets_user ON password_resets (user_id, created_at);
CREATE INDEX password_resets_expiry ON password_resets (expires_at);

-- Hashes of the secrets in mails with a way in, as for invitations.
CREATE TABLE password_reset_links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    password_reset_id TEXT NOT NULL REFERENCES password_resets (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX password_reset_links_reset ON password_reset_links (password_reset_id);

-- Browsers whose person gave the right password and is asked for a code. The cookie holds the token.
CREATE TABLE sign_ins (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- Where he is going, if he comes from an invitation.
    business_id TEXT REFERENCES businesses (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE INDEX sign_ins_expiry ON sign_ins (expires_at);

-- Browsers from which somebody signed in before: their tries are counted apart from strangers'. The cookie holds the token.
CREATE TABLE known_browsers (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX known_browsers_user ON known_browsers (user_id);
CREATE INDEX known_browsers_expiry ON known_browsers (expires_at);

-- Failed log-ins, by the hash of what is being guessed at: an address of mail, an address of the net.
CREATE TABLE login_throttles (
    key_hash TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_failed_at BIGINT NOT NULL
);
CREATE INDEX login_throttles_age ON login_throttles (last_failed_at);

-- Forms whose answer shows a secret act once: their number, once it was used.
CREATE TABLE used_nonces (
    nonce_hash TEXT NOT NULL PRIMARY KEY,
    used_at BIGINT NOT NULL
);
CREATE INDEX used_nonces_age ON used_nonces (used_at);

CREATE TABLE tax_rates (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    name TEXT NOT NULL,
    percent_e4 BIGINT NOT NULL,
    archived_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (business_id, id)
);

CREATE TABLE customers (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    address TEXT NOT NULL,
    -- A company's name stands in `name`, whom to ask for in `contact`.
    kind TEXT NOT NULL DEFAULT 'individual',
    contact TEXT,
    -- What the list is sorted by and searched in, folded.
    sort_key TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    archived_at BIGINT,
    erased_at BIGINT,
    -- Moves with each change that an editor of the customer must not overwrite.
    revision BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (business_id, id)
);
CREATE INDEX customers_list ON customers (business_id, sort_key, id) WHERE archived_at IS NULL;
CREATE INDEX customers_archived ON customers (business_id, sort_key, id) WHERE archived_at IS NOT NULL;
CREATE INDEX customers_email ON customers (LOWER(email), business_id);

-- Who a customer is at Stripe, account by account.
CREATE TABLE stripe_customers (
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT NOT NULL,
    account TEXT NOT NULL,
    stripe_customer TEXT NOT NULL,
    PRIMARY KEY (business_id, customer_id, account),
    UNIQUE (account, stripe_customer),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id)
);

CREATE TABLE portal_links (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    first_seen_at BIGINT,
    last_seen_at BIGINT,
    ended_at BIGINT,
    ended_how TEXT,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id)
);
CREATE UNIQUE INDEX portal_links_live ON portal_links (business_id, customer_id) WHERE ended_at IS NULL;
CREATE INDEX portal_links_customer ON portal_links (customer_id, created_at);

CREATE TABLE plans (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    frequency TEXT NOT NULL,
    rrule TEXT,
    starts_on TEXT NOT NULL,
    lead_days BIGINT NOT NULL,
    -- The cycle that is billed next, and the moment its invoice is made; NULL once the rule has ended.
    next_cycle_on TEXT,
    next_run_at BIGINT,
    -- When the charge of that cycle is to be announced, if it must be; NULL once that is decided.
    notice_at BIGINT,
    cap_minor BIGINT,
    currency TEXT NOT NULL,
    -- What the office's list is searched in: the title, folded.
    search TEXT NOT NULL,
    -- Moves with each change that an editor of the plan must not overwrite.
    revision BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id)
);
CREATE INDEX plans_customer ON plans (customer_id);
CREATE INDEX plans_due ON plans (business_id, next_run_at, id) WHERE state = 'active' AND next_run_at IS NOT NULL;
CREATE INDEX plans_notice ON plans (notice_at, id) WHERE state = 'active' AND notice_at IS NOT NULL;

CREATE TABLE plan_lines (
    plan_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    description TEXT NOT NULL,
    quantity_e4 BIGINT NOT NULL,
    unit_price_minor_e4 BIGINT NOT NULL,
    tax_rate_id TEXT,
    PRIMARY KEY (business_id, plan_id, position),
    FOREIGN KEY (business_id, plan_id) REFERENCES plans (business_id, id),
    FOREIGN KEY (business_id, tax_rate_id) REFERENCES tax_rates (business_id, id)
);

CREATE TABLE payment_methods (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT NOT NULL,
    account TEXT NOT NULL,
    stripe_payment_method TEXT NOT NULL,
    kind TEXT NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    exp_month BIGINT,
    exp_year BIGINT,
    fingerprint TEXT,
    is_default BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    UNIQUE (account, stripe_payment_method),
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id)
);
CREATE INDEX payment_methods_customer ON payment_methods (customer_id, state);
CREATE UNIQUE INDEX payment_methods_default ON payment_methods (business_id, customer_id)
    WHERE is_default AND state = 'active';
CREATE INDEX payment_methods_expiry ON payment_methods (exp_year, exp_month, id) WHERE state = 'active';

-- Evidence: what was agreed to is never changed; state and the columns after it say what became of it.
CREATE TABLE consents (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    cap_minor BIGINT,
    -- What an invoice of the plan came to when it was given: a charge of as much needs no notice.
    agreed_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    source TEXT NOT NULL,
    disclosure_text TEXT NOT NULL,
    disclosure_version BIGINT NOT NULL,
    granted_at BIGINT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    attested_by TEXT,
    attested_how TEXT,
    attempt_id TEXT,
    method_brand TEXT NOT NULL,
    method_last4 TEXT NOT NULL,
    state TEXT NOT NULL,
    payment_method_id TEXT,
    suspended_at BIGINT,
    suspended_why TEXT,
    ended_at BIGINT,
    ended_by TEXT,
    ended_how TEXT,
    -- A charge that was under way when it ended, and that Stripe did not take back.
    on_its_way TEXT,
    -- Who agreed to it, once his data was erased on his request.
    kept_name TEXT,
    kept_address TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id),
    FOREIGN KEY (business_id, plan_id) REFERENCES plans (business_id, id),
    FOREIGN KEY (business_id, payment_method_id) REFERENCES payment_methods (business_id, id)
);
CREATE UNIQUE INDEX consents_live ON consents (business_id, plan_id) WHERE state = 'live';
CREATE INDEX consents_customer ON consents (customer_id, state);
CREATE INDEX consents_plan ON consents (plan_id, granted_at, id);
CREATE INDEX consents_method ON consents (payment_method_id);

-- What happened to a consent, one row each time; rows are only added.
CREATE TABLE consent_events (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    consent_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    FOREIGN KEY (business_id, consent_id) REFERENCES consents (business_id, id)
);
CREATE INDEX consent_events_consent ON consent_events (business_id, consent_id, happened_at, id);
CREATE INDEX consent_events_business ON consent_events (business_id, happened_at, id);

-- Hashes of the secrets in mails about auto-pay, each bound to one consent.
CREATE TABLE turn_off_links (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    consent_id TEXT NOT NULL,
    -- The portal link that was live when it was made: while it still is, this one opens the portal too.
    portal_link_id TEXT,
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (business_id, consent_id) REFERENCES consents (business_id, id),
    FOREIGN KEY (business_id, portal_link_id) REFERENCES portal_links (business_id, id)
);
CREATE INDEX turn_off_links_consent ON turn_off_links (consent_id);

-- A card that is being saved on Stripe's page, outside of a payment.
CREATE TABLE card_setups (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT NOT NULL,
    account TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The consent that moves to the new card, and what was agreed to for that.
    replaces_consent_id TEXT,
    consent_draft TEXT,
    payment_method_id TEXT,
    session TEXT,
    code_hash TEXT NOT NULL UNIQUE,
    checks BIGINT NOT NULL,
    next_check_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id),
    FOREIGN KEY (business_id, replaces_consent_id) REFERENCES consents (business_id, id),
    FOREIGN KEY (business_id, payment_method_id) REFERENCES payment_methods (business_id, id)
);
CREATE INDEX card_setups_due ON card_setups (next_check_at, id) WHERE next_check_at IS NOT NULL;
CREATE INDEX card_setups_open ON card_setups (customer_id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX card_setups_session ON card_setups (account, session);

-- Quotes. What was sent never changes: lines, taxes and sums stand as they were then.
CREATE TABLE quotes (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Given when it is sent; drafts have none.
    number TEXT,
    title TEXT NOT NULL,
    -- Printed at its foot; `notes` no customer ever sees.
    message TEXT NOT NULL,
    notes TEXT NOT NULL,
    sent_on TEXT,
    -- The last day it can be accepted on.
    expires_on TEXT,
    -- So many mails carried it; each was about another number.
    mails BIGINT NOT NULL,
    -- The answer, the first and only one. By hand: who marked it. By the customer: from where.
    answered_at BIGINT,
    answered_name TEXT,
    answered_comment TEXT,
    answered_by TEXT,
    answered_ip TEXT,
    answered_user_agent TEXT,
    default_tax_rate_id TEXT,
    subtotal_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- Number and title, folded, to be searched in.
    search TEXT NOT NULL,
    -- Moves with each change that an editor of the draft must not overwrite.
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id)
);
CREATE INDEX quotes_customer ON quotes (customer_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX quotes_number ON quotes (business_id, number);
CREATE INDEX quotes_accepted ON quotes (business_id, answered_at DESC, id DESC) WHERE state = 'accepted';
CREATE INDEX quotes_outstanding ON quotes (customer_id, sent_on DESC, id DESC) WHERE state = 'sent';

CREATE TABLE quote_lines (
    quote_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    description TEXT NOT NULL,
    quantity_e4 BIGINT NOT NULL,
    unit_price_minor_e4 BIGINT NOT NULL,
    -- `default`, `none` or a rate's id, and the row of taxes it came to.
    tax_choice TEXT NOT NULL,
    tax_position BIGINT,
    is_discount BOOLEAN NOT NULL,
    total_minor BIGINT NOT NULL,
    PRIMARY KEY (business_id, quote_id, position),
    FOREIGN KEY (business_id, quote_id) REFERENCES quotes (business_id, id)
);

CREATE TABLE quote_taxes (
    quote_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    name TEXT NOT NULL,
    percent_e4 BIGINT NOT NULL,
    taxable_minor BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (business_id, quote_id, position),
    FOREIGN KEY (business_id, quote_id) REFERENCES quotes (business_id, id)
);

-- Hashes of the secrets that open a quote for its customer.
CREATE TABLE quote_links (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    quote_id TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (business_id, quote_id) REFERENCES quotes (business_id, id)
);
CREATE INDEX quote_links_quote ON quote_links (quote_id);

CREATE TABLE invoices (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT NOT NULL,
    plan_id TEXT,
    lifecycle TEXT NOT NULL,
    number TEXT,
    token TEXT NOT NULL UNIQUE,
    currency TEXT NOT NULL,
    issued_on TEXT,
    due_on TEXT NOT NULL,
    subtotal_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    applied_minor BIGINT NOT NULL,
    returned_minor BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    bank_returned BOOLEAN NOT NULL,
    customer_name TEXT NOT NULL,
    customer_address TEXT NOT NULL,
    business_name TEXT NOT NULL,
    business_address TEXT NOT NULL,
    plan_title TEXT,
    paid_on TEXT,
    voided_on TEXT,
    written_off_on TEXT,
    refunded_on TEXT,
    returned_on TEXT,
    replaced_by TEXT,
    -- The plan's cycle it bills, whether it was made after its day, and when it is charged next by auto-pay.
    cycle_on TEXT,
    made_late BOOLEAN NOT NULL,
    charge_at BIGINT,
    -- Printed at the foot of the invoice; `notes` no customer ever sees.
    memo TEXT,
    notes TEXT,
    -- What a draft's lines that "use the default" are taxed by, and the date it is to bear.
    default_tax_rate_id TEXT,
    dated_on TEXT,
    -- The canceled invoice that a draft is to take the place of, once it is sent.
    replaces TEXT,
    -- The accepted quote it was made of.
    quote_id TEXT,
    -- The number it had in the system it was imported from.
    reference TEXT,
    -- When the customer opened it, first and last.
    first_seen_at BIGINT,
    last_seen_at BIGINT,
    -- Moves with each change that an editor of the draft must not overwrite.
    revision BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id),
    FOREIGN KEY (business_id, plan_id) REFERENCES plans (business_id, id),
    FOREIGN KEY (business_id, replaced_by) REFERENCES invoices (business_id, id),
    FOREIGN KEY (business_id, replaces) REFERENCES invoices (business_id, id),
    FOREIGN KEY (business_id, quote_id) REFERENCES quotes (business_id, id)
);
-- A quote becomes one invoice, however often somebody asks.
CREATE UNIQUE INDEX invoices_quote ON invoices (business_id, quote_id) WHERE quote_id IS NOT NULL;
CREATE UNIQUE INDEX invoices_number ON invoices (business_id, number);
-- What another system sent is imported once.
CREATE UNIQUE INDEX invoices_reference ON invoices (business_id, reference) WHERE reference IS NOT NULL;
-- One invoice a cycle, whoever makes it and however often.
CREATE UNIQUE INDEX invoices_cycle ON invoices (business_id, plan_id, cycle_on) WHERE cycle_on IS NOT NULL;
CREATE INDEX invoices_plan ON invoices (business_id, plan_id, id) WHERE plan_id IS NOT NULL;
CREATE INDEX invoices_charge ON invoices (charge_at, id) WHERE charge_at IS NOT NULL;
-- The portal's list is read from this index alone, so that a customer's newest rows lie together.
CREATE INDEX invoices_newest ON invoices (
    customer_id, issued_on DESC, id DESC, business_id, number, lifecycle, currency, due_on,
    total_minor, applied_minor, returned_minor, refunded_minor, bank_returned
) WHERE issued_on IS NOT NULL;
-- What is owed to the business, by age, from this index alone.
CREATE INDEX invoices_owed ON invoices (
    business_id, due_on, id, customer_id, total_minor, applied_minor, returned_minor, bank_returned
) WHERE lifecycle = 'open';
CREATE INDEX invoices_open ON invoices (customer_id, issued_on DESC, id DESC) WHERE lifecycle = 'open';
-- The office's tabs, newest first; what is owed is summed from the index alone.
CREATE INDEX invoices_tab ON invoices (
    business_id, lifecycle, id, due_on, bank_returned, currency, total_minor, applied_minor, returned_minor
);
CREATE INDEX invoices_of_customer ON invoices (business_id, customer_id, id);
CREATE INDEX invoices_replaces ON invoices (business_id, replaces) WHERE replaces IS NOT NULL;
-- Who owes what, and since when, from this index alone.
CREATE INDEX invoices_owing ON invoices (
    business_id, customer_id, due_on, currency, total_minor, applied_minor, returned_minor
) WHERE lifecycle = 'open';
CREATE INDEX invoices_customer ON invoices (customer_id, created_at DESC, id DESC);

CREATE TABLE invoice_lines (
    invoice_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    description TEXT NOT NULL,
    quantity_e4 BIGINT NOT NULL,
    unit_price_minor_e4 BIGINT NOT NULL,
    tax_position BIGINT,
    -- How a draft's line came to its tax: `default`, `none` or a rate's id; and whether it is a discount.
    tax_choice TEXT,
    is_discount BOOLEAN NOT NULL DEFAULT FALSE,
    total_minor BIGINT NOT NULL,
    PRIMARY KEY (business_id, invoice_id, position),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices (business_id, id)
);

CREATE TABLE invoice_taxes (
    invoice_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    name TEXT NOT NULL,
    percent_e4 BIGINT NOT NULL,
    taxable_minor BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (business_id, invoice_id, position),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices (business_id, id)
);

CREATE TABLE attempts (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    invoice_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    account TEXT NOT NULL,
    save_card BOOLEAN NOT NULL,
    consent_draft TEXT,
    -- The consent that an automatic charge rests on.
    consent_id TEXT,
    -- The job that makes it: once it has failed, that job is done.
    job_id TEXT,
    payment_method_id TEXT,
    method_label TEXT,
    session TEXT,
    payment_intent TEXT,
    code_hash TEXT UNIQUE,
    failure_code TEXT,
    checks BIGINT NOT NULL,
    next_check_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    closed_at BIGINT,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id),
    FOREIGN KEY (business_id, consent_id) REFERENCES consents (business_id, id),
    FOREIGN KEY (business_id, payment_method_id) REFERENCES payment_methods (business_id, id)
);
CREATE INDEX attempts_consent ON attempts (consent_id, created_at, id) WHERE consent_id IS NOT NULL;
CREATE UNIQUE INDEX attempts_job ON attempts (job_id) WHERE state = 'failed' AND job_id IS NOT NULL;
CREATE INDEX attempts_method ON attempts (payment_method_id, created_at, id) WHERE payment_method_id IS NOT NULL
    AND state IN ('creating', 'open', 'requires_action', 'processing', 'unknown');
-- At most one live attempt an invoice, whoever tries.
CREATE UNIQUE INDEX attempts_live ON attempts (business_id, invoice_id)
    WHERE state IN ('creating', 'open', 'requires_action', 'processing', 'unknown');
CREATE INDEX attempts_invoice ON attempts (invoice_id, created_at, id);
CREATE INDEX attempts_due ON attempts (next_check_at, id) WHERE next_check_at IS NOT NULL;
CREATE UNIQUE INDEX attempts_session ON attempts (account, session);
CREATE UNIQUE INDEX attempts_payment_intent ON attempts (account, payment_intent);

CREATE TABLE dunnings (
    invoice_id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    tries BIGINT NOT NULL,
    first_failed_on TEXT NOT NULL,
    failed_at BIGINT NOT NULL,
    failed_on TEXT NOT NULL,
    decline_code TEXT NOT NULL,
    method_label TEXT NOT NULL,
    next_try_on TEXT,
    stopped BOOLEAN NOT NULL,
    PRIMARY KEY (business_id, invoice_id),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices (business_id, id)
);

CREATE INDEX dunnings_active ON dunnings (business_id, failed_at, invoice_id) WHERE NOT stopped;

CREATE TABLE payments (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    invoice_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    attempt_id TEXT,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    applied_minor BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    method_label TEXT NOT NULL,
    account TEXT,
    payment_intent TEXT,
    charge TEXT,
    received_at BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    dispute_state TEXT,
    disputed_on TEXT,
    returned_on TEXT,
    -- When Stripe was asked for its refunds and disputes: an older answer changes nothing.
    synced_at BIGINT,
    -- Settling twice is settling once.
    UNIQUE (account, payment_intent),
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id),
    FOREIGN KEY (business_id, attempt_id) REFERENCES attempts (business_id, id)
);
CREATE INDEX payments_invoice ON payments (business_id, invoice_id, received_at, id);
CREATE INDEX payments_customer ON payments (business_id, customer_id, received_at, id);
CREATE INDEX payments_latest ON payments (business_id, received_at, id);
-- What each month brought is summed up from this index alone.
CREATE INDEX payments_received ON payments (
    business_id, received_on, state, kind, dispute_state, amount_minor, refunded_minor
);

CREATE TABLE refunds (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    invoice_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- What the owner wrote for his own records; no customer ever sees it.
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    account TEXT,
    stripe_refund TEXT,
    idempotency_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (business_id, idempotency_key),
    UNIQUE (account, stripe_refund),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices (business_id, id),
    FOREIGN KEY (business_id, payment_id) REFERENCES payments (business_id, id)
);
CREATE INDEX refunds_payment ON refunds (payment_id);
CREATE INDEX refunds_invoice ON refunds (invoice_id);
CREATE INDEX refunds_business ON refunds (business_id, id);

CREATE TABLE webhook_events (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    event TEXT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    payment_intent TEXT,
    received_at BIGINT NOT NULL,
    processed_at BIGINT,
    UNIQUE (account, event)
);

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT REFERENCES businesses (id),
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Lower numbers first: a customer who waits for his payment goes before a thousand mails.
    priority BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    claimed_until BIGINT,
    -- Who claimed it: a worker whose claim ran out must not move it on.
    claim TEXT,
    -- At most one job with this text waits or runs at a time.
    dedupe_key TEXT,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (priority, run_at, id) WHERE state = 'queued';
CREATE UNIQUE INDEX jobs_dedupe ON jobs (dedupe_key) WHERE state IN ('queued', 'claimed') AND dedupe_key IS NOT NULL;
CREATE INDEX jobs_dead ON jobs (created_at, id) WHERE state = 'dead';
CREATE INDEX jobs_claimed ON jobs (claimed_until) WHERE state = 'claimed';

CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    happened_at BIGINT NOT NULL
);
CREATE INDEX audit_events_business ON audit_events (business_id, happened_at, id);
CREATE INDEX audit_events_subject ON audit_events (business_id, subject, happened_at, id);

-- Something the owner should look at.
CREATE TABLE alerts (
    id TEXT NOT NULL PRIMARY KEY,
    business_id TEXT REFERENCES businesses (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    -- What it is about, as far as it is known: names, and where it leads, are read from there.
    customer_id TEXT,
    invoice_id TEXT,
    payment_id TEXT,
    plan_id TEXT,
    quote_id TEXT,
    raised_at BIGINT NOT NULL,
    resolved_at BIGINT,
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices (business_id, id),
    FOREIGN KEY (business_id, payment_id) REFERENCES payments (business_id, id),
    FOREIGN KEY (business_id, plan_id) REFERENCES plans (business_id, id),
    FOREIGN KEY (business_id, quote_id) REFERENCES quotes (business_id, id)
);
CREATE UNIQUE INDEX alerts_open ON alerts (COALESCE(business_id, ''), kind, subject) WHERE resolved_at IS NULL;

-- What was sent or is to be sent, to a customer or (without one) to the business's own people. The text is
-- made when it is sent, and never kept.
CREATE TABLE mails (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    customer_id TEXT,
    kind TEXT NOT NULL,
    -- What it is about, by its id; a mail of a kind goes out once for each.
    subject TEXT NOT NULL,
    invoice_id TEXT,
    recipient TEXT NOT NULL,
    -- The owner's own words; links into a portal are masked once it has left.
    message TEXT,
    state TEXT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (business_id, id),
    UNIQUE (business_id, kind, subject),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers (business_id, id),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices (business_id, id)
);
CREATE INDEX mails_customer ON mails (customer_id, created_at, id);
CREATE INDEX mails_invoice ON mails (invoice_id, created_at, id) WHERE invoice_id IS NOT NULL;

-- Files on their way in. What a file holds goes a day later, whatever became of it.
CREATE TABLE imports (
    id TEXT NOT NULL,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    file_name TEXT NOT NULL,
    encoding TEXT NOT NULL,
    content TEXT,
    content_hash TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    left_out BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (business_id, id)
);
CREATE INDEX imports_same ON imports (business_id, content_hash, finished_at) WHERE state = 'done';
CREATE INDEX imports_age ON imports (created_at) WHERE content IS NOT NULL;
