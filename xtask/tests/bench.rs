//! What `cargo xtask bench` says of the reports: which limits are broken, and the tables.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use revops_bench::Report;
use xtask::bench::{Bench, Limits, run, table};

const LIMITS: &str = "
- figure: calls/*/instructions/facade
  of: ratio
  at_most: 1.1
  cause: the facade copies the body
- figure: quota/gong/*/use/ours
  of: value
  at_least: 0.98
  cause: the margin
- figure: quota/gong/*/429/ours
  of: value
  at_most: 0
  cause: the jitter
";

/// A report on a machine that is always the same.
fn report(part: &str) -> Report {
    let mut report = Report::new(part);
    "a machine, 2 cores, linux".clone_into(&mut report.machine);
    report.versions = vec!["rustc 1.95.0".to_owned(), format!("{part} 1")];
    report
}

fn calls() -> Report {
    let mut report = report("calls");
    report.counted("get/instructions/reqwest", 100_000.0, "instructions");
    report.counted("get/instructions/facade", 109_000.0, "instructions");
    report.timed("get/time/reqwest", 71.25, "ms");
    report.timed("get/time/facade", 70.0, "ms");
    report.relate_to("reqwest");
    report.leave_out("page of 100: there is no page today");
    report
}

fn quota() -> Report {
    let mut report = report("quota");
    for (tasks, share, refused) in [("1 task", 0.981, 0.0), ("4 tasks", 0.995, 0.0)] {
        report.counted(format!("gong/{tasks}/use/ours"), share, "");
        report.counted(format!("gong/{tasks}/429/ours"), refused, "");
        report.counted(format!("gong/{tasks}/429/unlimited"), 12_345.0, "");
    }
    report
}

fn said(limits: &str, reports: &[Report]) -> Vec<String> {
    Limits::parse(limits).unwrap().judge(reports).iter().map(ToString::to_string).collect()
}

#[test]
fn limits_that_hold_are_not_mentioned() {
    assert_eq!(said(LIMITS, &[calls(), quota()]), [""; 0]);
    assert_eq!(said("[]", &[calls(), quota()]), [""; 0]);
}

#[test]
fn a_broken_limit_tells_the_figure_the_limit_and_the_cause() {
    let (mut calls, mut quota) = (calls(), quota());
    calls.figures[1].value = 112_300.0;
    calls.relate_to("reqwest");
    quota.figures[0].value = 0.5;
    quota.figures[4].value = 3.0;
    assert_eq!(
        said(LIMITS, &[calls, quota]),
        [
            "calls/get/instructions/facade: 1.1230 x the baseline, and at most 1.1 is allowed\n  \
             likely cause: the facade copies the body",
            "quota/gong/1 task/use/ours: 0.5000, and at least 0.98 is due\n  likely cause: the margin",
            "quota/gong/4 tasks/429/ours: 3.0000, and at most 0 is allowed\n  likely cause: the jitter",
        ]
    );
}

#[test]
fn a_value_at_its_limit_holds() {
    let mut quota = quota();
    quota.figures[0].value = 0.98;
    assert_eq!(said(LIMITS, &[quota]), [""; 0]);
}

#[test]
fn a_limit_without_a_figure_is_broken_where_its_benchmark_ran() {
    let mut calls = calls();
    calls.figures.clear();
    assert_eq!(
        said(LIMITS, &[calls, quota()]),
        ["calls/*/instructions/facade: not measured, but bench/limits.yaml has a limit for it"]
    );
    assert_eq!(said(LIMITS, &[quota()]), [""; 0], "calls did not run");
}

#[test]
fn a_limit_of_a_benchmark_that_does_not_exist_is_broken() {
    assert_eq!(
        said(&LIMITS.replace("calls/", "call/"), &[quota()]),
        [
            "call/*/instructions/facade: there is no benchmark `call`, but bench/limits.yaml has a limit for it"
        ]
    );
}

#[test]
fn what_had_to_be_left_out_is_not_missed() {
    let mut calls = calls();
    calls.figures.clear();
    calls.leave_out("instructions: valgrind is not here");
    assert_eq!(said(LIMITS, &[calls.clone()]), [""; 0]);
    calls.left_out = vec!["throughput: instructions are counted instead".to_owned()];
    assert_eq!(said(LIMITS, &[calls]).len(), 1);
}

#[test]
fn what_is_timed_is_not_judged() {
    let limits = LIMITS.replace("instructions", "time");
    assert_eq!(
        said(&limits, &[calls()]),
        ["calls/get/time/facade: is timed, and what is timed is not judged\n  \
          likely cause: the facade copies the body"]
    );
}

#[test]
fn a_limit_that_cannot_be_judged_is_broken() {
    let no_limit = LIMITS.replace("  at_most: 1.1\n", "");
    let said_of = said(&no_limit, &[calls()]);
    assert!(said_of[0].contains("the limit says neither at_most nor at_least"), "{said_of:?}");
    let of_ratio = LIMITS.replace("value", "ratio");
    let said_of = said(&of_ratio, &[quota()]);
    assert_eq!(said_of.len(), 4);
    assert!(said_of[0].contains("this run has not measured the baseline"), "{said_of:?}");
}

#[test]
fn a_ratio_may_be_to_any_contender_of_the_row() {
    let beside = |to: &str| LIMITS.replace("  at_most: 1.1\n", &format!("  to: {to}\n  at_most: 1.1\n"));
    let mut calls = calls();
    calls.counted("get/instructions/reqwest, our types", 99_000.0, "instructions");
    assert_eq!(
        said(&beside("reqwest, our types"), std::slice::from_ref(&calls)),
        ["calls/get/instructions/facade: 1.1010 x reqwest, our types, and at most 1.1 is allowed\n  \
          likely cause: the facade copies the body"]
    );
    let said_of = said(&beside("curl"), &[calls]);
    assert!(said_of[0].contains("this run has not measured curl"), "{said_of:?}");
}

#[test]
fn a_star_is_one_segment() {
    let deeper = LIMITS.replace("quota/gong/*/use", "quota/*/use");
    assert_eq!(said(&deeper, &[quota()]).len(), 1);
    let any = LIMITS.replace("quota/gong/*/use", "quota/*/*/use");
    assert_eq!(said(&any, &[quota()]), [""; 0]);
}

#[test]
fn what_is_no_limit_is_refused() {
    for (right, wrong) in [("at_most", "most"), ("of: ratio", "of: time"), ("  cause: the margin\n", "")] {
        assert!(Limits::parse(&LIMITS.replace(right, wrong)).is_err(), "{wrong:?} instead of {right:?}");
    }
}

#[test]
fn the_limits_of_the_workspace_can_be_read() {
    Limits::read(&revops_bench::root().join("bench/limits.yaml")).unwrap();
}

#[test]
fn the_table_has_a_row_for_each_measure_and_a_column_for_each_contender() {
    let mut quota = quota();
    quota.counted("gong/tiny/ours", 0.000_123_4, "");
    quota.counted("gong/negative/ours", -1_234_567.0, "");
    let text = table(&[calls(), quota]);
    let (first, rest) = text.split_once('\n').unwrap();
    // What comes before is today.
    assert!(first.ends_with(", a machine, 2 cores, linux, rustc 1.95.0, calls 1, quota 1."), "{first}");
    insta::assert_snapshot!(rest.trim(), @r"
    `cargo xtask bench calls`

    | calls | reqwest | facade |
    |---|---:|---:|
    | get, instructions | 100,000 (1.00) | 109,000 (1.09) |
    | get, time, ms | 71.2 (1.00) | 70 (0.98) |

    In brackets: by that of `reqwest`.

    Left out: page of 100: there is no page today.

    `cargo xtask bench quota`

    | quota | ours | unlimited |
    |---|---:|---:|
    | gong, 1 task, use | 0.981 |  |
    | gong, 1 task, 429 | 0 | 12,345 |
    | gong, 4 tasks, use | 0.995 |  |
    | gong, 4 tasks, 429 | 0 | 12,345 |
    | gong, tiny | 0.000123 |  |
    | gong, negative | -1,234,567 |  |
    ");
}

#[test]
fn a_column_whose_ratios_are_to_another_one_is_named_under_the_table() {
    let mut build = report("build");
    for (what, figures) in [("check", [100.0, 60.0, 80.0]), ("size", [7.0, 5.0, 10.0])] {
        for (contender, figure) in ["progenitor", "one", "all"].into_iter().zip(figures) {
            build.counted(format!("{what}/{contender}"), figure, "");
        }
    }
    build.relate_to("progenitor");
    build.relate_one("one", "all");
    let text = table(&[build]);
    let (_, rest) = text.split_once('\n').unwrap();
    insta::assert_snapshot!(rest.trim(), @r"
    `cargo xtask bench build`

    | build | progenitor | one | all |
    |---|---:|---:|---:|
    | check | 100 (1.00) | 60 (0.75) | 80 (0.80) |
    | size | 7 (1.00) | 5 (0.50) | 10 (1.43) |

    In brackets: by that of `progenitor`; in the column `one`, by that of `all`.
    ");
}

/// The chart shows what is counted: that of an earlier run would stand beside the new tables.
#[test]
fn a_readme_without_a_chart_is_refused_before_anything_is_written() {
    let root = std::env::temp_dir().join(format!("revops-bench-{}", std::process::id()));
    let folder = root.join("target/bench");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::create_dir_all(root.join("bench")).unwrap();
    std::fs::write(root.join("bench/limits.yaml"), LIMITS).unwrap();
    std::fs::write(root.join("README.md"), "as it was").unwrap();
    std::fs::write(folder.join("calls.svg"), "an old chart").unwrap();
    let mut calls = calls();
    calls.leave_out("instructions: valgrind is not here");
    calls.write(&root).unwrap();
    for part in ["build", "generation"] {
        report(part).write(&root).unwrap();
    }
    let asked = Bench { parts: vec!["quota".to_owned()], check: false, readme: true };
    let said = run(&root, &asked).unwrap_err().to_string();
    assert_eq!(
        said,
        "nothing is written: `calls` has left out instructions: valgrind is not here; the README's chart shows them"
    );
    assert_eq!(std::fs::read_to_string(root.join("README.md")).unwrap(), "as it was");
    assert!(!folder.join("report.md").exists());
    std::fs::remove_dir_all(&root).unwrap();
}

#[test]
fn a_run_that_would_measure_nothing_is_an_error() {
    let root = revops_bench::root();
    let asked = |part: &str| Bench { parts: vec![part.to_owned()], check: true, readme: false };
    assert!(run(&root, &asked("generation")).unwrap_err().to_string().contains("nothing is counted"));
    assert!(run(&root, &asked("speed")).unwrap_err().to_string().contains("no benchmark `speed`"));
}
