import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** The picture of a place where nothing is: what that means, and what to do. */
export const Empty = ({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <span class="empty-icon">
      <Icon name={icon} />
    </span>
    <p class="empty-title">{title}</p>
    {children !== undefined && <div class="empty-text">{children}</div>}
  </div>
);
