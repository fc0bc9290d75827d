//! The staff's bundle: what the shell `staff.html` loads.

fn main() {
    beistand_web::staff::run();
}
