//! The metrics of the process, in Prometheus' text.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::app::App;
use crate::outbound::registers::Register;

/// From a cached document to a password hash on a busy machine, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Makes this process record its metrics. Recorders are one a process, servers in it may be several.
pub fn install() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder
                .set_buckets_for_metric(Matcher::Full("yihao_request_seconds".to_owned()), &BUCKETS)
                .expect("the buckets are not empty");
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::error!("another recorder is installed: /metrics will be empty");
            }
            handle
        })
        .clone()
}

/// Empties the recorder's buffers from time to time; never ends.
pub async fn upkeep(recorder: &PrometheusHandle) {
    let mut beat = tokio::time::interval(Duration::from_secs(5));
    loop {
        beat.tick().await;
        recorder.run_upkeep();
    }
}

/// The text of `/metrics`.
pub fn render(app: &App, recorder: &PrometheusHandle) -> String {
    let load = app.hasher.load();
    metrics::gauge!("yihao_password_hashes_waiting").set(load.waiting as f64);
    metrics::gauge!("yihao_password_hashes_running").set(load.running as f64);
    metrics::gauge!("yihao_password_memory_kib").set(load.held_kib as f64);
    for register in Register::ALL {
        let rests = if app.registers.rests(register) { 1.0 } else { 0.0 };
        metrics::gauge!("yihao_register_resting", "register" => register.as_str()).set(rests);
    }
    recorder.render()
}
