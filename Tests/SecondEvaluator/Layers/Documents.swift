/// What one or more documents of one place say to a request.
struct Documents {
    let statements: [Statement]
    let place: Place

    init(_ documents: [Tree], _ place: Place) {
        statements = documents.flatMap(Statement.all)
        self.place = place
    }

    /// Where no principals are named: identity, boundary, session, SCP.
    func denies(_ request: Request) -> Bool { statements.contains { $0.isDeny && $0.covers(request, in: place) } }

    func allows(_ request: Request) -> Bool { statements.contains { !$0.isDeny && $0.covers(request, in: place) } }

    /// Where principals are named: a Deny applies through any way, and to all who are not listed. 5.2 and 5.7.
    func denies(_ request: Request, hasBoundary: Bool) -> Bool {
        statements.contains { statement in
            guard statement.isDeny, statement.covers(request, in: place) else { return false }
            if let listed = statement.notPrincipal { return hasBoundary || !request.caller.isListed(listed) }
            return !ways(statement, request.caller).isEmpty
        }
    }

    /// The ways in which the caller is granted something. `NotPrincipal` grants nothing (5.7).
    func grants(_ request: Request) -> [Reach] {
        statements.filter { !$0.isDeny && $0.covers(request, in: place) }.flatMap { ways($0, request.caller) }
    }

    private func ways(_ statement: Statement, _ caller: Caller) -> [Reach] {
        statement.principal.map(caller.ways) ?? []
    }
}

/// The levels of an organization, from its root down. Specification 5.6.
struct Levels {
    let levels: [Documents]

    init(_ tree: Tree, _ place: Place) { levels = tree.elements.map { Documents($0.elements, place) } }

    func denySCP(_ request: Request) -> Bool { levels.contains { $0.denies(request) } }
    func allowSCP(_ request: Request) -> Bool { levels.allSatisfy { $0.allows(request) } }
    func denyRCP(_ request: Request, hasBoundary: Bool) -> Bool {
        levels.contains { $0.denies(request, hasBoundary: hasBoundary) }
    }
    func allowRCP(_ request: Request) -> Bool { levels.allSatisfy { !$0.grants(request).isEmpty } }
}
