import Formats
import World

/// `gatehouse rekey --online`: asks a running server for a new root, and tells how far it is.
enum OnlineRekey {
    private static let second = 1000

    static func run(_ client: ServerClient) throws {
        let clock = SystemClock()
        var (status, body) = try client.post(RootChange.path, [], at: clock.wallTime())
        guard status == 202 else { throw refusal(status, body) }
        RekeyCommand.tell("the server has a new root, and takes over the keys of KMS")
        let timer = Monitor(())
        var told = -1
        while true {
            guard let answer = try Answer(body) else {
                return RekeyCommand.tell("done  the server was started anew meanwhile")
            }
            if answer.done != told { RekeyCommand.tell("      \(answer.done) of \(answer.keys)") }
            told = answer.done
            if answer.isFinished { return RekeyCommand.tell("done  nothing is under the former root any more") }
            timer.wait(until: { _ in false }, milliseconds: second) { _ in }
            (status, body) = try client.get(ProtectionStatus.path, at: clock.wallTime())
            guard status == 200 else { throw refusal(status, body) }
        }
    }

    private static func refusal(_ status: Int, _ body: [UInt8]) -> SetupError {
        SetupError("the server answers \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
    }

    /// What the server says of the change.
    private struct Answer {
        private(set) var (isFinished, keys, done) = (false, 0, 0)

        /// Nil where there is none.
        init?(_ bytes: [UInt8]) throws {
            var isThere = false
            var json = JSONReader(bytes)
            try json.beginObject()
            while let key = try json.nextKey() {
                guard key == "rotation" else {
                    try json.skipValue()
                    continue
                }
                isThere = true
                try json.beginObject()
                while let name = try json.nextKey() {
                    switch name {
                    case "status": isFinished = try json.readString() == "finished"
                    case "keys": keys = Int(try json.readInt64())
                    case "done": done = Int(try json.readInt64())
                    default: try json.skipValue()
                    }
                }
            }
            try json.finish()
            guard isThere else { return nil }
        }
    }
}
