//! What happened to a plan, newest first: by whom, or by nobody when the program did it.

use zoop_app::plan::show::PlanDetail;
use zoop_domain::time::{Date, Instant};

/// A line of the timeline.
pub(super) struct Happened {
    pub(super) tone: &'static str,
    pub(super) icon: &'static str,
    pub(super) words: String,
    pub(super) at: Instant,
}

/// The lines.
pub(super) fn timeline(detail: &PlanDetail) -> Vec<Happened> {
    let events = detail.events.iter().filter_map(|(event, who)| {
        let who = who.as_deref().unwrap_or("The office");
        let day = event.detail.parse::<Date>().map(|day| day.to_string()).unwrap_or_default();
        let (tone, icon, words) = match event.action.as_str() {
            "plan.created" => ("", "repeat", format!("{who} started this plan")),
            "plan.edited" => ("", "pencil", format!("{who} changed it")),
            "plan.run_now" => ("info", "play", format!("{who} billed {day} ahead of its time")),
            "plan.skipped" => ("", "skip", format!("{who} skipped {day}")),
            "plan.paused" => ("", "pause", format!("{who} paused it")),
            "plan.resumed" => ("good", "play", format!("{who} resumed it; {day} is next")),
            "plan.cancelled" => ("", "ban", format!("{who} cancelled it")),
            _ => return None,
        };
        Some(Happened { tone, icon, words, at: event.happened_at })
    });
    events.collect()
}
