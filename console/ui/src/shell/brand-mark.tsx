/** Dressed stones of one wall. */
export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d="M1 2h6.5v5.5H1zM8.5 2H15v5.5H8.5zM1 8.5h3.5V14H1zM5.5 8.5h6V14h-6zM12.5 8.5H15V14h-2.5z" />
    </svg>
  );
}
