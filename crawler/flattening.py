"""The document that a browser's window shows, read as markup, with its shadow trees in their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext
    from playwright.async_api import Page as Window

#: Reads the document in a world in which the page's scripts have changed nothing. Where there are shadow trees, a copy of what
#: is shown: each in the place of its host's children, and those in the place of the slots they are assigned to (the "flat tree"
#: of CSS Scoping). It is built in a document without scripts, node by node, so that no element of the page's own comes alive.
_READ: Final = """
(() => {
    const flat = root => {
        const inert = document.implementation.createHTMLDocument("");
        const copy = inert.importNode(root, false);
        const pending = [[root, copy]];
        while (pending.length) {
            const [from, to] = pending.pop();
            const nodes = [...(from.shadowRoot || from).childNodes].reverse();
            while (nodes.length) {
                const node = nodes.pop();
                if (node.localName === "slot" && node.getRootNode() instanceof ShadowRoot) {
                    const assigned = node.assignedNodes();
                    for (const it of [...(assigned.length ? assigned : node.childNodes)].reverse()) nodes.push(it);
                } else {
                    const twin = to.appendChild(inert.importNode(node, node.localName === "template"));
                    if (node.localName !== "template") pending.push([node, twin]);
                }
            }
        }
        return copy;
    };
    const root = document.documentElement;
    const shadowed = root && [root, ...root.querySelectorAll("*")].some(element => element.shadowRoot);
    const text = root ? (shadowed ? flat(root) : root).outerHTML : "";
    return text.length > %d ? null : text;
})()
"""


async def read_document(context: BrowserContext, window: Window, cap: int) -> str | None:
    """The document as markup, None where it is longer than the cap: it is measured before it leaves the browser."""
    session = await context.new_cdp_session(window)
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
    asked = {"expression": _READ % cap, "contextId": world["executionContextId"], "returnByValue": True}
    value = (await session.send("Runtime.evaluate", asked))["result"].get("value")
    return value if isinstance(value, str) else None
