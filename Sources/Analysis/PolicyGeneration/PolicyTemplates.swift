import Authorization
import Catalogue
import Formats

/// Other forms of generated policies, for people to fill in: they allow more, or nothing until they are filled.
public enum PolicyTemplates {
    /// The documents with `${BucketName}` and the like in the place of every resource that was used.
    public static func withPlaceholders(_ documents: [String]) -> [String] {
        documents.map { document in
            var byForm: [[String]: Set<String>] = [:]
            for action in actions(document) {
                let known = KnownAction(action)
                let forms =
                    known.entry?.resources.compactMap { known.service?.resourceType($0.type) }.flatMap(\.arns) ?? []
                byForm[forms.isEmpty ? ["*"] : forms.sorted(), default: []].insert(action)
            }
            return text(byForm.map { (actions: $0.value.sorted(), resources: $0.key) })
        }
    }

    /// One document with a statement for each service that was used; `${Action}` stands for what is still to be named.
    public static func ofServices(_ documents: [String]) -> [String] {
        let services = Set(documents.flatMap(actions).map { KnownAction($0).prefix + ":${Action}" })
        return services.isEmpty ? [] : [text([(actions: services.sorted(), resources: ["*"])])]
    }

    private static func actions(_ document: String) -> [String] {
        CompiledPolicy(stored: Array(document.utf8), as: .managed).document.statements.flatMap { $0.action ?? [] }
    }

    private static func text(_ statements: [(actions: [String], resources: [String])]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("Version", "2012-10-17")
        json.key("Statement")
        json.beginArray()
        for statement in statements.sorted(by: { $0.actions.joined() < $1.actions.joined() }) {
            json.beginObject()
            json.member("Effect", "Allow")
            for (name, values) in [("Action", statement.actions), ("Resource", statement.resources)] {
                json.key(name)
                json.beginArray()
                for value in values { json.string(value) }
                json.endArray()
            }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return String(decoding: JSONLayout.indented(json.bytes), as: UTF8.self)
    }
}
