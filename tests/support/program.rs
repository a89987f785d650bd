//! The real program on the stores of a house, as an operator runs it. It lives by the machine's clock.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::House;

/// What it printed; or the status it ended with, and why. `danger.simulate_registers` is on, as in the demo.
pub fn yihao(house: &House, arguments: &[&str], input: &str) -> Result<Value, (Option<i32>, String)> {
    run(house, arguments, input, "true")
}

/// The same where nothing is simulated: there an operator decides what the demo lets anybody decide.
pub fn outside_the_demo(
    house: &House,
    arguments: &[&str],
    input: &str,
) -> Result<Value, (Option<i32>, String)> {
    run(house, arguments, input, "false")
}

fn run(
    house: &House,
    arguments: &[&str],
    input: &str,
    simulated: &str,
) -> Result<Value, (Option<i32>, String)> {
    let config = &house.app.config;
    let mut program = Command::new(env!("CARGO_BIN_EXE_yihao"));
    if let Some(file) = &config.certificate.ca_file {
        program.env("YIHAO__CERTIFICATE__CA_FILE", file);
        let lists = serde_json::to_string(&config.certificate.crl_files).expect("paths");
        program.env("YIHAO__CERTIFICATE__CRL_FILES", lists);
    }
    let mut program = program
        .env("YIHAO__STORAGE__URL", &config.storage.url)
        .env("YIHAO__TRANSIENT__URL", &config.transient.url)
        .env("YIHAO__KEYS__MASTER_FILE", &config.keys.master_file)
        .env("YIHAO__DANGER__SIMULATE_REGISTERS", simulated)
        .env("YIHAO__PASSWORD__MEMORY_KIB", "8")
        .env("YIHAO__PASSWORD__PASSES", "1")
        .arg("--json")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("yihao runs");
    program.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = program.wait_with_output().unwrap();
    if !done.status.success() {
        return Err((done.status.code(), String::from_utf8(done.stderr).unwrap()));
    }
    Ok(serde_json::from_slice(&done.stdout).expect("JSON"))
}
