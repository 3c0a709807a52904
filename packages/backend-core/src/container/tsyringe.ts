/** The one place that imports tsyringe, which throws on import unless reflect-metadata was loaded before it. */
import 'reflect-metadata';

export { container, type DependencyContainer } from 'tsyringe';
