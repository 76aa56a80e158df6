// Which of Stripe's types a call and its reply must have, by method and path.
// `reply` and `params` are names in the `Stripe` namespace; `{}` stands for one path segment.

const resource = (base, type, verbs) =>
  Object.entries(verbs).map(([name, spec]) => {
    const [method, tail, params, reply] = spec;
    return { name, method, path: `${base}${tail}`, params: `${type}${params}`, reply: reply ?? type };
  });

const list = (type) => `ApiList<Stripe.${type}>`;
const crud = (type) => ({
  create: ['POST', '', 'CreateParams'],
  list: ['GET', '', 'ListParams', list(type)],
  retrieve: ['GET', '/{}', 'RetrieveParams'],
  update: ['POST', '/{}', 'UpdateParams'],
});
const confirmable = (type) => ({
  ...crud(type),
  confirm: ['POST', '/{}/confirm', 'ConfirmParams'],
  cancel: ['POST', '/{}/cancel', 'CancelParams'],
});
const deletable = (type) => ({ ...crud(type), delete: ['DELETE', '/{}', 'DeleteParams', `Deleted${type}`] });

export const routes = [
  ...resource('/v1/customers', 'Customer', {
    ...deletable('Customer'),
    methods: ['GET', '/{}/payment_methods', 'ListPaymentMethodsParams', list('PaymentMethod')],
    method: ['GET', '/{}/payment_methods/{}', 'RetrievePaymentMethodParams', 'PaymentMethod'],
  }),
  ...resource('/v1/payment_methods', 'PaymentMethod', {
    ...crud('PaymentMethod'),
    attach: ['POST', '/{}/attach', 'AttachParams'],
    detach: ['POST', '/{}/detach', 'DetachParams'],
  }),
  ...resource('/v1/payment_intents', 'PaymentIntent', {
    ...confirmable('PaymentIntent'),
    capture: ['POST', '/{}/capture', 'CaptureParams'],
  }),
  ...resource('/v1/setup_intents', 'SetupIntent', confirmable('SetupIntent')),
  ...resource('/v1/checkout/sessions', 'Checkout.Session', {
    ...crud('Checkout.Session'),
    expire: ['POST', '/{}/expire', 'ExpireParams'],
    items: ['GET', '/{}/line_items', 'ListLineItemsParams', list('LineItem')],
  }),
  ...resource('/v1/charges', 'Charge', crud('Charge')),
  ...resource('/v1/refunds', 'Refund', { ...crud('Refund'), cancel: ['POST', '/{}/cancel', 'CancelParams'] }),
  ...resource('/v1/disputes', 'Dispute', {
    list: crud('Dispute').list,
    retrieve: crud('Dispute').retrieve,
    update: crud('Dispute').update,
    close: ['POST', '/{}/close', 'CloseParams'],
  }),
  ...resource('/v1/events', 'Event', { list: crud('Event').list, retrieve: crud('Event').retrieve }),
  ...resource('/v1/account', 'Account', { current: ['GET', '', 'RetrieveCurrentParams'] }),
  ...resource('/v1/accounts', 'Account', deletable('Account')),
  ...resource('/v1/account_links', 'AccountLink', { create: ['POST', '', 'CreateParams'] }),
  ...resource('/v1/mandates', 'Mandate', { retrieve: ['GET', '/{}', 'RetrieveParams'] }),
  ...resource('/v1/webhook_endpoints', 'WebhookEndpoint', deletable('WebhookEndpoint')),
  ...resource('/v1/balance', 'Balance', { retrieve: ['GET', '', 'RetrieveParams'] }),
  ...resource('/v1/balance_transactions', 'BalanceTransaction', {
    list: crud('BalanceTransaction').list,
    retrieve: crud('BalanceTransaction').retrieve,
  }),
  ...resource('/v1/setup_attempts', 'SetupAttempt', { list: crud('SetupAttempt').list }),
].map((route) => ({
  ...route,
  pattern: new RegExp(`^${route.path.replaceAll('{}', '[^/]+')}$`),
}));

/** The route of a call, or undefined when no type is known for it. */
export const routeOf = (method, path) => {
  const bare = path.split('?')[0].replace(/\/$/, '');
  return routes.find((route) => route.method === method.toUpperCase() && route.pattern.test(bare));
};

// What a recording must hold, so that the check can't pass by looking at nothing.
const isObject = (name) => (value) => value.object === name;
const isEvent = (type) => (value) => value.object === 'event' && value.type === type;
const isDecline = (code) => (value) => value.error?.type === 'card_error' && value.error.decline_code === code;
const isReviewed = (value) => value.object === 'account' && value.requirements?.pending_verification?.length > 0;
const isSession = (mode) => (value) => value.object === 'checkout.session' && value.mode === mode;
export const required = {
  customer: isObject('customer'),
  payment_method: isObject('payment_method'),
  payment_intent: isObject('payment_intent'),
  setup_intent: isObject('setup_intent'),
  'checkout.session (payment)': isSession('payment'),
  'checkout.session (setup)': isSession('setup'),
  charge: isObject('charge'),
  refund: isObject('refund'),
  dispute: isObject('dispute'),
  event: isObject('event'),
  account: isObject('account'),
  'account (in review)': isReviewed,
  account_link: isObject('account_link'),
  error: (value) => typeof value.error === 'object' && value.error !== null && 'type' in value.error,
  'decline (lost_card)': isDecline('lost_card'),
  'decline (authentication_required)': isDecline('authentication_required'),
  'payment_intent (requires_action)': (value) => value.object === 'payment_intent' && value.status === 'requires_action',
  ...Object.fromEntries(
    ['setup_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled', 'payment_method.attached',
      'payment_method.automatically_updated', 'payment_method.updated', 'payment_method.detached', 'account.updated',
    ].map((type) => [`event (${type})`, isEvent(type)]),
  ),
};
