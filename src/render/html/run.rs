//! The settings the report was made with, the machine, and the time it took.

use super::write::Page;
use super::{Context, begin, end, scroll};
use crate::model::{PhaseReport, PlanReport, Severity};
use crate::render::duration;

/// The section.
pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let report = context.view.report;
    begin(page, "run", "How it was made");
    page.raw("<h3>Settings</h3>\n<dl class=\"grid\">\n");
    settings(page, &report.plan);
    for (name, value) in [
        ("host", format!("{} ({})", report.host.name, report.host.platform)),
        ("started", report.started.clone()),
        ("took", duration(report.duration_ms)),
    ] {
        page.raw("<dt>").raw(name).raw("</dt><dd>").foreign(&value).raw("</dd>\n");
    }
    page.raw("</dl>\n");
    phases(page, &report.phases);
    end(page);
}

fn settings(page: &mut Page, plan: &PlanReport) {
    for (name, values) in rows(plan) {
        if values.is_empty() {
            continue;
        }
        page.raw("<dt>").raw(name).raw("</dt><dd>");
        for (number, value) in values.iter().enumerate() {
            page.raw(if number == 0 { "" } else { " " }).code(value);
        }
        page.raw("</dd>\n");
    }
}

/// Each setting with its values; what was not set has none.
fn rows(plan: &PlanReport) -> Vec<(&'static str, Vec<String>)> {
    let PlanReport {
        subcommand: _,
        expect,
        target,
        go_version,
        go_origin,
        go,
        patterns,
        cgo,
        c_compiler,
        tags,
        go_flags,
        environment,
        tests,
        offline,
        fail_on,
        module,
        listing,
        rules,
        config,
        baseline,
        started_in,
        directory,
        base,
        all_modules,
        no_config,
        given,
        reports,
    } = plan;
    let one = |value: &Option<String>| value.iter().cloned().collect();
    let yes = |on: &bool| vec![if *on { "yes" } else { "no" }.to_owned()];
    let only = |on: &bool| if *on { yes(on) } else { Vec::new() };
    let variables = environment.iter().map(|(name, value)| format!("{name}={value}"));
    vec![
        ("reports", reports.clone()),
        ("started in", one(started_in)),
        ("directory", one(directory)),
        ("paths relative to", one(base)),
        ("target", vec![target.clone()]),
        ("expected", one(expect)),
        ("asked about", patterns.clone()),
        ("all modules", only(all_modules)),
        ("module", one(module)),
        ("Go", [go_version, go_origin, go].into_iter().flatten().cloned().collect()),
        ("cgo", vec![if *cgo { "on" } else { "off" }.to_owned()]),
        ("C compiler", one(c_compiler)),
        ("tags", tags.clone()),
        ("go flags", go_flags.clone()),
        ("environment", variables.collect()),
        ("tests built", yes(tests)),
        ("offline", yes(offline)),
        ("fails on", vec![fail_on.map_or("never", Severity::as_str).to_owned()]),
        ("listings", one(listing)),
        ("rules", rules.clone()),
        ("configuration", one(config)),
        ("no configuration", only(no_config)),
        ("baseline", one(baseline)),
        ("given as options", given.clone()),
    ]
}

fn phases(page: &mut Page, phases: &[PhaseReport]) {
    if phases.is_empty() {
        return;
    }
    page.raw("<h3>Phases</h3>\n");
    scroll(page, "Table of phases");
    page.raw("<table>\n<thead><tr><th scope=\"col\">Phase</th><th scope=\"col\">What it covered</th>")
        .raw("<th scope=\"col\" class=\"num\">Time</th><th scope=\"col\" class=\"num\">Of it, go</th></tr></thead>\n<tbody>\n");
    for PhaseReport { name, summary, duration_ms, go_ms } in phases {
        page.raw("<tr><th scope=\"row\">").foreign(name).raw("</th><td>").text(summary);
        page.raw("</td><td class=\"num\">")
            .text(&duration(*duration_ms))
            .raw("</td><td class=\"num\">");
        match go_ms {
            Some(go) => page.text(&duration(*go)),
            None => page.raw("-"),
        };
        page.raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n</div>\n");
}
