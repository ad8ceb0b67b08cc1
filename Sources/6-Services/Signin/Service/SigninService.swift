/// What sign-in is made of: the console's API under `/console/api`, federation with temporary credentials, and the
/// service `signin`.
public enum SigninService {}
