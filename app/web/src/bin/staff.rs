//! The staff's bundle: what the shells `staff.html` and `setup.html` load.

fn main() {
    beistand_web::staff::run();
}
