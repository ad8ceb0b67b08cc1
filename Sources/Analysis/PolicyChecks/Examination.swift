/// What the checks look at: a document, understood as far as it goes, and what it is for.
struct Examination {
    let use: PolicyUse
    let text: SourceText
    let outline: PolicyOutline

    var statements: [StatementOutline] { outline.statements }
}
