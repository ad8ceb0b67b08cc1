import SecretsManagerAPI

/// The orders that secrets are listed in. Each is that of an index, so that a page reads no more than it looks at.
///
/// A query gives date and name, and is bound to account, Region, whether marked ones are listed, the time now, the number of
/// rows, and the date and name after which it begins.
enum SecretOrder {
    static func query(_ order: SecretsManager.SortByType, isDescending: Bool) -> StaticString {
        switch order {
        case .createdDate: isDescending ? createdDown : created
        case .lastChangedDate: isDescending ? changedDown : changed
        case .lastAccessedDate: isDescending ? accessedDown : accessed
        default: isDescending ? nameDown : name
        }
    }

    private static let created: StaticString = """
        SELECT created, name FROM secret
        WHERE account = ?1 AND region = ?2 AND (created, name) > (?6, ?7) AND (deletion IS NULL OR (?3 AND deletion > ?4))
        ORDER BY created, name LIMIT ?5
        """

    private static let createdDown: StaticString = """
        SELECT created, name FROM secret
        WHERE account = ?1 AND region = ?2 AND (created, name) < (?6, ?7) AND (deletion IS NULL OR (?3 AND deletion > ?4))
        ORDER BY created DESC, name DESC LIMIT ?5
        """

    private static let changed: StaticString = """
        SELECT changed, name FROM secret
        WHERE account = ?1 AND region = ?2 AND (changed, name) > (?6, ?7) AND (deletion IS NULL OR (?3 AND deletion > ?4))
        ORDER BY changed, name LIMIT ?5
        """

    private static let changedDown: StaticString = """
        SELECT changed, name FROM secret
        WHERE account = ?1 AND region = ?2 AND (changed, name) < (?6, ?7) AND (deletion IS NULL OR (?3 AND deletion > ?4))
        ORDER BY changed DESC, name DESC LIMIT ?5
        """

    // The first bound is within the second: it lets the index be entered there, of which a pair with an expression does not.
    private static let accessed: StaticString = """
        SELECT coalesce(accessed, 0), name FROM secret
        WHERE account = ?1 AND region = ?2 AND coalesce(accessed, 0) >= ?6
            AND (coalesce(accessed, 0), name) > (?6, ?7) AND (deletion IS NULL OR (?3 AND deletion > ?4))
        ORDER BY coalesce(accessed, 0), name LIMIT ?5
        """

    private static let accessedDown: StaticString = """
        SELECT coalesce(accessed, 0), name FROM secret
        WHERE account = ?1 AND region = ?2 AND coalesce(accessed, 0) <= ?6
            AND (coalesce(accessed, 0), name) < (?6, ?7) AND (deletion IS NULL OR (?3 AND deletion > ?4))
        ORDER BY coalesce(accessed, 0) DESC, name DESC LIMIT ?5
        """

    private static let name: StaticString = """
        SELECT 0, name FROM secret
        WHERE account = ?1 AND region = ?2 AND ?6 IS NOT NULL AND name > ?7 AND (deletion IS NULL OR (?3 AND deletion > ?4))
        ORDER BY name LIMIT ?5
        """

    private static let nameDown: StaticString = """
        SELECT 0, name FROM secret
        WHERE account = ?1 AND region = ?2 AND ?6 IS NOT NULL AND name < ?7 AND (deletion IS NULL OR (?3 AND deletion > ?4))
        ORDER BY name DESC LIMIT ?5
        """
}
