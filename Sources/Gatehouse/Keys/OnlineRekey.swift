import Formats
import World

/// `gatehouse rekey --online`: asks a running server for a new root, and tells how far it is.
enum OnlineRekey {
    private static let second = 1000

    /// - Parameters: what the message on the former root names, as far as the command line tells it.
    static func run(_ client: ServerClient, _ folder: String?, _ hsm: HSMSettings?) throws {
        let clock = SystemClock()
        var answer = try look(client, clock)
        if answer.state == .running {
            RekeyCommand.tell("the root of the server is being changed already")
        } else {
            let (status, body) = try client.post(RootChange.path, [], at: clock.wallTime())
            guard status == 202 else { throw refusal(status, body) }
            RekeyCommand.tell("the server has a new root, and takes over the keys of KMS")
            answer = try Answer(body)
        }
        let timer = Monitor(())
        var told = -1
        while true {
            guard answer.state != .none else {
                throw SetupError(
                    "the server was started anew meanwhile, and tells of no change. gatehouse doctor, with the server stopped, says "
                        + "whether it is finished.")
            }
            if answer.done != told { RekeyCommand.tell("      \(answer.done) of \(answer.keys)") }
            told = answer.done
            if answer.state == .finished {
                if let name = answer.formerRoot { RekeyCommand.tellOfFormer(name, of: folder, under: hsm) }
                return RekeyCommand.tell("done  nothing is under the former root any more")
            }
            if let problem = answer.problem {
                throw SetupError("the change is not finished: \(problem). The server tries it again each minute.")
            }
            timer.wait(until: { _ in false }, milliseconds: second) { _ in }
            answer = try look(client, clock)
        }
    }

    private static func look(_ client: ServerClient, _ clock: SystemClock) throws -> Answer {
        let (status, body) = try client.get(ProtectionStatus.path, at: clock.wallTime())
        guard status == 200 else { throw refusal(status, body) }
        return try Answer(body)
    }

    private static func refusal(_ status: Int, _ body: [UInt8]) -> SetupError {
        SetupError("the server answers \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
    }

    /// What the server says of the change.
    private struct Answer {
        enum State { case none, running, finished }

        private(set) var state = State.none
        private(set) var (keys, done) = (0, 0)
        private(set) var formerRoot, problem: String?

        init(_ bytes: [UInt8]) throws {
            var json = JSONReader(bytes)
            try json.beginObject()
            while let key = try json.nextKey() {
                guard key == "rotation" else {
                    try json.skipValue()
                    continue
                }
                state = .running
                try json.beginObject()
                while let name = try json.nextKey() {
                    switch name {
                    case "status": if try json.readString() == "finished" { state = .finished }
                    case "keys": keys = Int(try json.readInt64())
                    case "done": done = Int(try json.readInt64())
                    case "formerRoot": formerRoot = try json.readString()
                    case "problem": problem = try json.readString()
                    default: try json.skipValue()
                    }
                }
            }
            try json.finish()
        }
    }
}
