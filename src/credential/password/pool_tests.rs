use super::*;
use crate::base::Chance;
use crate::config::Password;
use crate::credential::password::recipe;

type Answered = oneshot::Receiver<Zeroizing<Vec<u8>>>;

fn job() -> (Job, Answered) {
    let config = Password { memory_kib: 8, passes: 1, ..Password::default() };
    let recipe = Recipe::new(recipe::cost(&config).unwrap(), &Chance::seeded(1).bytes());
    let (answer, answered) = oneshot::channel();
    (Job { password: Secret::new("a password"), work: Work::Derive(recipe, answer) }, answered)
}

/// A pool without threads: nothing moves but what the test moves.
fn still(queue: usize) -> Pool {
    Pool::start(0, queue, Duration::ZERO).unwrap()
}

#[test]
fn a_full_queue_is_busy_until_somebody_leaves() {
    let pool = still(2);
    let (first, first_answered) = job();
    let (second, _second_answered) = job();
    assert_eq!([pool.submit(first), pool.submit(second)], [Ok(()), Ok(())]);
    let (third, _third_answered) = job();
    assert_eq!(pool.submit(third), Err(Busy));
    drop(first_answered);
    assert_eq!(pool.waiting(), 1);
    let (fourth, _fourth_answered) = job();
    assert_eq!(pool.submit(fourth), Ok(()));
    assert_eq!(pool.submit(job().0), Err(Busy));
}

#[test]
fn who_went_away_is_not_hashed_for() {
    let pool = still(3);
    let (gone, answered) = job();
    drop(answered);
    let (stays, _answered) = job();
    assert!(pool.submit(gone).is_ok() && pool.submit(stays).is_ok());
    let mut turns = pool.0.turns();
    assert!(matches!(take(&mut turns), Some(Next::Job(job)) if job.is_wanted()));
    assert!(take(&mut turns).is_none(), "the job of the one who left was taken up");
    assert_eq!(turns.running, 1);
}

#[test]
fn a_free_worker_needs_no_place_in_the_queue() {
    let pool = Pool::start(1, 0, Duration::from_secs(3600)).unwrap();
    for _ in 0..50 {
        let (job, answered) = job();
        assert!(pool.submit(job).is_ok());
        assert_eq!(answered.blocking_recv().unwrap().len(), 32);
    }
}

#[test]
fn blocks_are_wiped_before_a_worker_waits() {
    let pool = still(1);
    let mut blocks = Blocks::new(8).unwrap();
    let (job, _answered) = job();
    let Work::Derive(recipe, _) = &job.work else { panic!("a job that derives") };
    pool.0.hash(recipe, &job.password, &mut blocks).unwrap();
    let is_wiped = |blocks: &mut Blocks| {
        blocks.as_mut().iter().all(|block| block.as_ref().iter().all(|word| *word == 0))
    };
    assert!(!is_wiped(&mut blocks));
    assert!(matches!(pool.0.next(&mut blocks), Next::Idle));
    assert!(is_wiped(&mut blocks));
}

#[test]
fn blocks_stay_while_work_may_come_and_go_when_idle() {
    let keeping = Pool::start(1, 1, Duration::from_secs(3600)).unwrap();
    let letting_go = Pool::start(1, 1, Duration::ZERO).unwrap();
    for pool in [&keeping, &letting_go] {
        let (job, answered) = job();
        assert!(pool.submit(job).is_ok());
        answered.blocking_recv().unwrap();
    }
    let until = Instant::now() + Duration::from_secs(20);
    while letting_go.held_kib() > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(letting_go.held_kib(), 0);
    assert_eq!(keeping.held_kib(), 8);
}
