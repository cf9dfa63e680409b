import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import styles from './app.module.css';

interface ErrorBoundaryProps {
  /** What is said to have failed. */
  readonly title: string;
  readonly children: ReactNode;
}

/** A panel's crash stays in the panel. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div role="alert" className={styles.centered}>
        <h2 className={styles.stateTitle}>{this.props.title} stopped working</h2>
        <code className="selectable">{error.message}</code>
        <p className={styles.dim}>The rest of the window goes on.</p>
        <Button variant="default" onClick={() => this.setState({ error: null })}>
          Show it again
        </Button>
      </div>
    );
  }
}
