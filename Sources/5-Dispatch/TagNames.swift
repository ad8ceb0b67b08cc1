/// One rule of all services for the names of tags.
public enum TagNames {
    /// The first of `given` that differs from another of them, or from one of `stored`, only in case. What is stored under the
    /// very name goes on being set, also beside such a one that a former version took.
    ///
    /// Condition keys do not tell `Team` from `team`: where policies look at tags, of two such tags only one could be seen,
    /// and nobody could say which. So no service takes two.
    public static func clash(_ given: [String], with stored: [String] = []) -> String? {
        var spellings: [String: String] = [:]
        for name in stored { spellings[name.lowercased()] = name }
        for name in given where !stored.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            if let known = spellings.updateValue(name, forKey: name.lowercased()), !known.utf8.elementsEqual(name.utf8)
            {
                return name
            }
        }
        return nil
    }

    /// What a refusal says of it.
    public static func message(_ name: String) -> String {
        "Tag keys that differ only in case are one condition key; choose another than \(name)"
    }
}
