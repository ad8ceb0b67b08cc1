import AWS
import Formats
import IAMService
import World

/// The account checklist as the house tells it: JSON for programs, lines for people.
struct SecurityStatus {
    static let path = "/_gatehouse/security-status"

    private(set) var account = ""
    private(set) var time = ""
    private(set) var items: [Item] = []

    struct Item {
        var id = ""
        var title = ""
        var state = ""
        var detail = ""
        var mend: String?
    }

    init(_ list: AccountChecklist) {
        (account, time) = (list.account.description, list.time.iso8601)
        items = list.items.map {
            Item(id: $0.id, title: $0.title, state: $0.state.rawValue, detail: $0.detail, mend: $0.mend)
        }
    }

    /// What a server answered.
    init(json bytes: [UInt8]) throws {
        var json = JSONReader(bytes)
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "account": account = try json.readString()
            case "time": time = try json.readString()
            case "items":
                try json.beginArray()
                while try json.nextElement() { items.append(try SecurityStatus.item(&json)) }
            default: try json.skipValue()
            }
        }
        try json.finish()
    }

    private static func item(_ json: inout JSONReader) throws -> Item {
        var item = Item()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "id": item.id = try json.readString()
            case "title": item.title = try json.readString()
            case "state": item.state = try json.readString()
            case "detail": item.detail = try json.readString()
            case "mend": item.mend = try json.readString()
            default: try json.skipValue()
            }
        }
        return item
    }

    func count(_ state: AccountChecklist.State) -> Int { items.count { $0.state == state.rawValue } }

    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("account", account)
        json.member("time", time)
        for state in [AccountChecklist.State.passed, .failed, .later] {
            json.key(state.rawValue)
            json.integer(count(state))
        }
        json.key("items")
        json.beginArray()
        for item in items {
            json.beginObject()
            json.member("id", item.id)
            json.member("title", item.title)
            json.member("state", item.state)
            json.member("detail", item.detail)
            if let mend = item.mend { json.member("mend", mend) }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    var text: String {
        var lines = ["account \(account) at \(time)"]
        for item in items {
            let word = item.state.padding(toLength: 8)
            lines.append("\(word)\(item.title): \(item.detail)")
            if let mend = item.mend { lines.append("        mend: \(mend)") }
        }
        lines.append("\(count(.passed)) of \(items.count) passed, \(count(.failed)) to mend, \(count(.later)) later")
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padding(toLength length: Int) -> String {
        self + String(repeating: " ", count: max(length - count, 0))
    }
}
