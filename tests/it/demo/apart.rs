//! The demo's folder served as in life: the stand-in for Stripe in one process, `zoop serve` in
//! another, so that each can be killed without the other.

use std::ops::Deref;

use url::Url;

use super::Demo;
use crate::cli::http;
use crate::cli::zoop::{Running, until, zoop};

/// Dereferences to the folder they share.
pub struct Apart {
    demo: Demo,
    server: Running,
    stripe: Running,
}

impl Deref for Apart {
    type Target = Demo;

    fn deref(&self) -> &Demo {
        &self.demo
    }
}

impl Apart {
    pub fn start() -> Self {
        let demo = Demo::asleep_today();
        let stripe = start_stripe(&demo);
        let server = start_server(&demo);
        Self { demo, server, stripe }
    }

    pub fn demo(&self) -> &Demo {
        &self.demo
    }

    /// An invoice that can be paid.
    pub fn invoice(&self) -> Url {
        self.demo.invoice("open")
    }

    pub fn server(&mut self) -> &mut Running {
        &mut self.server
    }

    pub fn kill_server(&mut self) {
        self.server.kill();
    }

    pub fn restart_server(&mut self) {
        self.server = start_server(&self.demo);
    }

    pub fn kill_stripe(&mut self) {
        self.stripe.kill();
    }

    pub fn restart_stripe(&mut self) {
        self.stripe = start_stripe(&self.demo);
    }
}

fn start_stripe(demo: &Demo) -> Running {
    let kept = demo.kept();
    let file = demo.folder().join("stripe.db");
    let webhook = format!("{}/stripe/webhook", demo.base());
    let listen = kept["stripe"].as_str().unwrap();
    let args = ["stripe-sandbox", "--listen", listen, "--data", file.to_str().unwrap(), "--webhook-url", &webhook];
    let mut command = zoop(args);
    command.env("ZOOP_STRIPE_SECRET_KEY", kept["secrets"]["key"].as_str().unwrap());
    command.env("ZOOP_STRIPE_WEBHOOK_SECRET", kept["secrets"]["webhook"].as_str().unwrap());
    let mut stripe = Running::start(&mut command);
    stripe.line();
    stripe
}

fn start_server(demo: &Demo) -> Running {
    let kept = demo.kept();
    let secret = |name: &str| kept["secrets"][name].as_str().unwrap().to_owned();
    let server = Running::start(
        zoop(["serve", "--listen", kept["pages"].as_str().unwrap()])
            .env("ZOOP_DATABASE_URL", demo.database_url())
            .env("ZOOP_STRIPE_API_BASE", demo.stripe())
            .env("ZOOP_STRIPE_SECRET_KEY", secret("key"))
            .env("ZOOP_STRIPE_WEBHOOK_SECRET", secret("webhook")),
    );
    let ready = format!("{}/readyz", demo.base()).parse().unwrap();
    until("the server is ready", || http::send("GET", &ready, "", "").ok().filter(|reply| reply.status == 200));
    server
}
