//! A file of users goes to Userpilot: checked before anything is sent, streamed, and waited for with a progress bar,
//! by this process or, after an interruption, by another.
//!
//! `cargo run --example bulk_import` imports a file it makes into a sandbox; `-- --real people.csv` imports
//! that file, and `-- --real` with the path of the job it has written down, beside the file, waits for that job.

use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use revops::userpilot::{Job, JobToken, Userpilot};

mod support;
use support::{Outcome, Vendors};

#[tokio::main]
async fn main() -> Outcome {
    let vendors = Vendors::connect(10).await?;
    let file = match std::env::args().nth(2) {
        Some(path) => PathBuf::from(path),
        None if vendors.sandbox.is_some() => example_file()?,
        None => return Err("name a file after `--real`".into()),
    };
    let job = begin(&vendors.userpilot, &file).await?;
    println!("job {} has begun", job.id());
    if vendors.sandbox.is_none() {
        println!(
            "if this is interrupted, `bulk_import -- --real {}` takes it up again",
            saved(&file).display()
        );
    }
    if let Some(sandbox) = &vendors.sandbox {
        // Its clock is moved ahead: a minute would be twelve hundred rows.
        sandbox.advance(Duration::from_secs(45));
    }
    let bar = ProgressBar::new(job.total_rows().unwrap_or_default());
    bar.set_style(ProgressStyle::with_template("[{bar:50}] {pos} of {len}, {msg}")?.progress_chars("=> "));
    let shown = bar.clone();
    let waiting = job.wait().deadline(Duration::from_secs(4 * 3600)).on_progress(move |progress| {
        shown.set_length(progress.total.unwrap_or_default());
        shown.set_position(progress.done);
        shown.set_message(progress.state.clone());
    });
    let waiting = tokio::spawn(waiting.into_future());
    while !waiting.is_finished() {
        tokio::time::sleep(Duration::from_millis(250)).await;
        if let Some(sandbox) = &vendors.sandbox {
            sandbox.advance(Duration::from_secs(10));
        }
    }
    let done = waiting.await??;
    bar.finish_and_clear();
    println!(
        "{} of {} rows",
        done.completed_rows().unwrap_or_default(),
        done.total_rows().unwrap_or_default()
    );
    Ok(())
}

/// Begins an import, or takes up one whose token was saved.
async fn begin(userpilot: &Userpilot, file: &Path) -> Outcome<Job> {
    if file.extension().is_some_and(|extension| extension == "json") {
        // What `saved` has written.
        let token: JobToken = serde_json::from_slice(&std::fs::read(file)?)?;
        return Ok(userpilot.jobs().resume(&token).await?);
    }
    let import = userpilot.import_file(file).wait_turn(Duration::from_secs(3600));
    let job = import.on_progress(|progress| println!("{progress}")).send().await?;
    std::fs::write(saved(file), serde_json::to_vec(&job.token())?)?;
    Ok(job)
}

/// Where the job of a file is written down: beside it, as `people.csv.job.json`. The example's own file is in the
/// directory for temporary files, and so is its job.
fn saved(file: &Path) -> PathBuf {
    if file.extension().is_some_and(|extension| extension == "json") {
        return file.to_owned();
    }
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".job.json");
    file.with_file_name(name)
}

fn example_file() -> Outcome<PathBuf> {
    let path = std::env::temp_dir().join("bulk_import.csv");
    let mut csv = csv::Writer::from_path(&path)?;
    csv.write_record(["user_id", "email", "plan"])?;
    for number in 1..=3000 {
        csv.write_record([format!("user-{number}"), format!("user.{number}@example.com"), "pro".into()])?;
    }
    csv.flush()?;
    Ok(path)
}
