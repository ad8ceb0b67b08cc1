import CArgon2

/// Password hashing by Argon2id version 1.3 (RFC 9106). Slow by intent: never call it on a connection's loop.
public enum Argon2id {
    /// - `memory`: KiB, at least 8 per lane. - `passes`: at least 1. - `lanes`: 1 to 255.
    public struct Parameters: Hashable, Sendable {
        public let memory, passes, lanes: UInt32
        public init(memory: UInt32, passes: UInt32, lanes: UInt32) {
            (self.memory, self.passes, self.lanes) = (memory, passes, lanes)
        }
        /// The second recommended option of RFC 9106, section 4: 64 MiB, three passes, four lanes.
        public static let recommended = Parameters(memory: 65_536, passes: 3, lanes: 4)
    }

    /// The parameters are out of range, or memory ran out.
    public struct Failure: Error { public let reason: String }

    /// - Parameter salt: at least 8 bytes. - Parameter count: at least 4.
    public static func hash(
        _ password: [UInt8], salt: [UInt8], parameters: Parameters, count: Int = 32
    ) throws(Failure) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        let status = argon2id_hash_raw(
            parameters.passes, parameters.memory, parameters.lanes, password, password.count, salt, salt.count, &result,
            count)
        guard status == ARGON2_OK.rawValue else { throw Failure(reason: String(cString: argon2_error_message(status))) }
        return result
    }
}
