// Saves a page load here and there. Every page does all it promises without this file.

// Auto-pay keeps the card as well: its box is ticked and locked, and what was chosen before comes back.
function lockSaveCard(form) {
  const { auto_pay: autoPay, save_card: saveCard } = form.elements;
  if (!autoPay || !saveCard) return;
  let before = saveCard.checked;
  const follow = () => {
    if (autoPay.checked) {
      if (!saveCard.disabled) before = saveCard.checked;
      saveCard.checked = saveCard.disabled = true;
    } else if (saveCard.disabled) {
      saveCard.disabled = false;
      saveCard.checked = before;
    }
  };
  autoPay.addEventListener('change', follow);
  // A browser that comes back to the page puts old ticks in after the script has run.
  addEventListener('pageshow', follow);
  follow();
}

// A dialog as the server draws it, over a page that is inert, becomes one of the browser's own:
// Escape closes it, and the focus goes back to where it was.
function present(dialog, onClose) {
  dialog.removeAttribute('open');
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClose?.();
  });
  dialog.querySelector('[data-close]')?.addEventListener('click', (event) => {
    event.preventDefault();
    dialog.close();
  });
  dialog.showModal();
}

function presentDrawn() {
  const dialog = document.querySelector('dialog[open]');
  if (!dialog) return;
  document.querySelector('.scrim')?.remove();
  document.querySelector('.sheet[inert]')?.removeAttribute('inert');
  // Reloading the page must not ask again.
  present(dialog, () => history.replaceState(null, '', location.pathname));
}

// A link to a page with a dialog opens the dialog in place. Whatever goes wrong, it is a link.
async function openInPlace(link) {
  try {
    const answer = await fetch(link.href, { cache: 'no-store' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const dialog = answer.ok && page.querySelector('dialog[open]');
    if (!dialog) throw new Error('no dialog');
    document.body.append(document.adoptNode(dialog));
    present(dialog);
  } catch {
    location.assign(link.href);
  }
}

for (const form of document.forms) lockSaveCard(form);
presentDrawn();

let opening = false;
document.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-dialog]');
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (opening) return;
  opening = true;
  await openInPlace(link);
  opening = false;
});
