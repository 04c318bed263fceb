// Of what a hold can name, only the fields of the chosen one stand there; without this script all do.
(() => {
  const form = document.querySelector("[data-hold]");
  const scope = form && form.querySelector("select[name=scope]");
  if (!scope) return;
  const show = () => form.querySelectorAll("[data-scope]").forEach((part) => {
    part.hidden = !part.dataset.scope.split(" ").includes(scope.value);
  });
  scope.addEventListener("change", show);
  show();
})();
