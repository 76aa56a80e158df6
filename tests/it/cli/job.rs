//! Jobs that were given up run again when the operator says so.

use super::database::Install;
use super::zoop::run;

#[test]
fn a_job_that_was_given_up_runs_again() {
    let install = Install::ready();
    let list = || run(&mut install.zoop(&["job", "list"]));
    assert_eq!(list().ok(), "");
    install.sql(
        "INSERT INTO jobs (id, kind, payload, state, priority, run_at, tries, last_error, created_at) VALUES \
         ('job_00000000000000000000000001', 'refund', 'rfd_1', 'dead', 0, 0, 40, 'Stripe' || x'0a' || 'refused', 0)",
    );
    let listed = list();
    let wanted = "job_00000000000000000000000001 refund rfd_1 40 tries since 1970-01-01T00:00:00Z: Stripe refused\n";
    assert_eq!(listed.ok(), wanted);
    let retry = |id: &str| run(&mut install.zoop(&["job", "retry", id]));
    retry("job_00000000000000000000000001").ok();
    assert_eq!(list().ok(), "");
    retry("job_00000000000000000000000001").fails_saying(&["given up", "zoop job list"]);
    retry("1").fails_saying(&["\"1\"", "job_"]);
}
