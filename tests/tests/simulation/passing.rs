//! How time goes by, and what clocks show meanwhile.

use super::{clock::DAY_MS, world::World};
use beistand_domain::{clock::Seconds, record::SettingKey, storage::Storage as _};
use std::{rc::Rc, time::Duration};
use tokio::time::sleep;

const HOUR_MS: i64 = 60 * 60 * 1000;
const YEAR_MS: i64 = 365 * DAY_MS;
/// How wrong a device's clock goes: an hour too late or early, a wrong day, years.
const DEVICE_WRONG_MS: [i64; 6] = [0, HOUR_MS, -HOUR_MS, 25 * HOUR_MS, -25 * HOUR_MS, 3 * YEAR_MS];
/// How wrong the box's clock goes.
const BOX_WRONG_MS: [i64; 5] = [0, HOUR_MS, -HOUR_MS, 49 * HOUR_MS, -49 * HOUR_MS];
/// How wrong a box's clock goes whose battery is empty, or that somebody has set by hand.
const BOX_FAR_WRONG_MS: [i64; 2] = [10 * YEAR_MS, -10 * YEAR_MS];
/// Days that go by at once: an evening, a weekend, holidays, a summer.
const DAYS: [i64; 6] = [1, 3, 6, 13, 29, 45];

/// Within this time the box's jobs have had their turn.
const JOB_TURN: Duration = Duration::from_secs(70);

impl World {
    /// The clock of a device goes wrong.
    pub(super) fn a_device_goes_wrong(&self) {
        if let Some(device) = self.pick(&self.all_devices()) {
            let wrong_ms = self.pick(&DEVICE_WRONG_MS).unwrap();
            self.trace.note(&format!("{}: clock wrong by {wrong_ms} ms", device.name));
            device.link.clock().go_wrong_by_ms(wrong_ms);
        }
    }

    /// The clock of the box goes wrong, or a time server is reached that sets it right.
    pub(super) fn the_box_goes_wrong(&self) {
        let far = self.long && self.the_box_knows_the_day() && !self.one_in(3);
        let wrong_ms = self.pick(if far { &BOX_FAR_WRONG_MS[..] } else { &BOX_WRONG_MS[..] }).unwrap();
        let confirmed = wrong_ms == 0 && self.one_in(2);
        self.set_box_clock(wrong_ms, confirmed);
    }

    /// A box knows the newest time at which it has believed its clock, and no more: its job has written it down. Only
    /// then it can know better than a clock that is wrong by years.
    fn the_box_knows_the_day(&self) -> bool {
        let Some(storage) = self.station.storage() else { return false };
        let Ok(Some(stored)) = storage.lookup_setting(SettingKey::CredibleClock) else { return false };
        let believed_s = Seconds::from_le_bytes(stored.try_into().unwrap());
        i64::try_from(believed_s).unwrap() * 1000 > self.clock.true_ms() - DAY_MS
    }

    /// Sets the box's clock; what was stored until now was stored under the former.
    pub(super) fn set_box_clock(&self, wrong_ms: i64, confirmed: bool) {
        self.oracle.borrow_mut().catch_up();
        self.trace.note(&format!("box: clock wrong by {wrong_ms} ms, confirmed: {confirmed}"));
        self.station.clock.go_wrong_by_ms(wrong_ms);
        self.station.clock.set_synchronised(confirmed);
    }

    /// Summer time begins or ends. No clock that counts in UTC notices; some are set by hand, or by a second
    /// operating system that believes in local time.
    pub(super) async fn set_the_clocks(self: Rc<Self>, after_ms: u64) {
        sleep(Duration::from_millis(after_ms)).await;
        if self.settled.get() {
            return;
        }
        let by_ms = if self.one_in(2) { HOUR_MS } else { -HOUR_MS };
        for device in self.all_devices().iter().filter(|_| self.one_in(2)) {
            self.trace.note(&format!("{}: the clock is set by {by_ms} ms", device.name));
            device.link.clock().go_wrong_by_ms(by_ms);
        }
        if self.one_in(3) {
            self.set_box_clock(by_ms, false);
        }
    }

    /// The days themselves. What the box was asked before carries the date of before, and is stored before they go by.
    pub(super) async fn pass_days(&self, days: i64) {
        self.station.rest().await;
        self.oracle.borrow_mut().catch_up();
        self.clock.pass_ms(days * DAY_MS);
    }

    /// Nobody is there for some days. Most pages are closed meanwhile; the box runs on, or is off.
    pub(super) async fn days_go_by(self: &Rc<Self>) {
        let days = self.pick(&DAYS).unwrap();
        self.trace.note(&format!("{days} days go by"));
        for person in self.everybody() {
            person.devices.borrow_mut().retain(|_| self.one_in(4));
        }
        let off = self.one_in(3);
        if off {
            self.station.crash(self.one_in(2));
        }
        self.pass_days(days).await;
        // Where no time server is reached after so long, or the date is quite wrong for days, somebody sets up that it is.
        let wrong_ms = self.station.clock.wrong_ms();
        let by_years = BOX_FAR_WRONG_MS.contains(&wrong_ms);
        if days > 3 || by_years || wrong_ms != 0 && self.one_in(2) {
            self.set_box_clock(0, true);
        }
        if off {
            self.start_box().await;
        }
        if self.one_in(2) {
            // The daily job has its turn before anybody comes back.
            sleep(JOB_TURN).await;
        }
    }
}
