import CSystem
import World

/// What a process that opens keys does first: no dump of its memory, and no debugger of another user's.
enum CoreDumps {
    static func forbid() throws {
        let failure = gh_forbid_core_dumps()
        guard failure == 0 else { throw SetupError("core dumps cannot be turned off (\(SystemFault.text(-failure)))") }
    }
}
