"""Will answers find their way back: what became of From, Reply-To, the plus address, the ids and the envelope?

A reply is found by three things, any of which is enough: the plus address it comes to, References, and the Message-ID
it answers. So a lost one is a note as long as another is left. Without Reply-To, or with another one, it is not even
known where answers go.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailer.message.reading.header_fields import addresses
from mailer.message.returned.letter import MOST_SHOWN, Returned, failed, good, note, same_address, shown_address
from mailer.model.checkup import Finding

NO_PLUS = "write plus_addresses = false; answers are then found by References"


def sender(it: Returned) -> Iterator[Finding]:
    """Whom clients see, and answer where a program passes over Reply-To."""
    sent, found = it.sent.draft.sender, it.letter.senders
    if len(found) != 1:
        said = f"{it.carrier} left {len(found) or 'no'} addresses in From: clients cannot tell who writes"
        yield failed("From", said, "send through another server")
        return
    got = found[0]
    if not same_address(got.address, sent.address):
        yield failed(
            "From",
            f"{it.carrier} replaced the From address {sent.address} by {got.address}: clients see that one",
            f"register {sent.address} there as an alias to send from, or use the login address:"
            f' address = "{got.address}"',
        )
    elif got.name != sent.name:
        said = f"{it.carrier} changed the name “{sent.name}” to “{got.name[:MOST_SHOWN]}”: clients see that one"
        yield note("From", said, "set the name in the mailbox's own settings")
    else:
        yield good("From", f"{sent.address}, as sent")
    if it.letter.sender is not None and not same_address(it.letter.sender.address, got.address):
        said = f"{it.carrier} named {it.letter.sender.address} as Sender: some programs show “on behalf of”"
        yield note("Sender", said)


def reply_to(it: Returned) -> Finding:
    """Where answers go."""
    wanted, plain, found = it.sent.draft.reply_to.address, it.account.address, _reply_to(it)
    if len(found) == 1 and same_address(found[0], wanted):
        return good("Reply-To", f"{shown_address(wanted)}, as sent")
    if not found and not it.sent.is_plus and any(same_address(one.address, plain) for one in it.letter.senders):
        return note("Reply-To", f"{it.carrier} took Reply-To out: answers go to the From address, which is the same")
    remedy = NO_PLUS if it.sent.is_plus else f"send through another server; answers must return to {plain}"
    if not found:
        return failed("Reply-To", f"{it.carrier} took Reply-To out: answers go to the From address", remedy)
    if len(found) == 1 and it.sent.is_plus and same_address(found[0], plain):
        return failed("Reply-To", f"{it.carrier} cut Reply-To down to {plain}: answers lose their token", remedy)
    said = f"{it.carrier} replaced Reply-To by {', '.join(found)[:MOST_SHOWN]}: answers go where nobody reads them"
    return failed("Reply-To", said, f"send through another server; answers must return to {plain}")


def plus_address(it: Returned) -> Iterator[Finding]:
    """Whether what is sent to a plus address says so when it arrives."""
    wanted = it.sent.draft.recipient.address
    if not it.sent.is_plus:
        return
    if any(same_address(one, wanted) for one in it.letter.recipients):
        yield good("plus address", f"letters to {shown_address(wanted)} arrive")
        return
    got = shown_address(next(iter(it.letter.recipients), "")) if it.letter.recipients else "nothing"
    said = f"{it.carrier} made {got} of {shown_address(wanted)}: answers lose their token"
    yield failed("plus address", said, NO_PLUS)


def message_id(it: Returned) -> Finding:
    """What the answer of most mail programs names."""
    if it.letter.message_id == it.sent.draft.message_id:
        return good("Message-ID", "as sent")
    how = f"Message-ID was {'replaced' if it.letter.message_id else 'taken out'}"
    if _refers(it):
        return note("Message-ID", f"{how}: replies are found by References")
    if _answers_by_plus(it):
        return note("Message-ID", f"{how}: replies are found by their plus address")
    said = f"{how}, and so was References: nothing but the sender tells what a reply answers"
    return failed("Message-ID", said, "send through another server")


def references(it: Returned) -> Finding:
    """What holds a conversation together."""
    if it.letter.references == it.sent.draft.references:
        return good("References", "as sent")
    if _refers(it):
        return note("References", "others were added, ours is there")
    left = "by their plus address" if _answers_by_plus(it) else "by the Message-ID"
    return note("References", f"{it.carrier} took References out: replies are found {left} only")


def envelope(it: Returned) -> Iterator[Finding]:
    """Where reports go. Only an account with `verp` has a sender of its own in each envelope."""
    wanted, got = it.sent.wire.envelope_from, it.letter.return_path
    if not it.account.verp or not it.sent.is_plus:
        return
    if got is None:
        yield note("envelope", "the copy does not show who it was sent from, so verp could not be seen at work")
    elif same_address(got, wanted):
        yield good("envelope", f"from {shown_address(wanted)}, as sent: a report says which letter it is about")
    else:
        other = shown_address(got) if got else "nobody"
        said = f"{it.carrier} sent it as from {other}: a report does not say which letter it is about"
        yield note("envelope", said, "write verp = false")


def _refers(it: Returned) -> bool:
    return set(it.sent.draft.references) <= set(it.letter.references)


def _answers_by_plus(it: Returned) -> bool:
    return it.sent.is_plus and any(same_address(one, it.sent.draft.reply_to.address) for one in _reply_to(it))


def _reply_to(it: Returned) -> list[str]:
    return [one.address for one in addresses(it.letter.header("reply-to").encode())]
