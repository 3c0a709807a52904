/** Must be imported before tsyringe: it throws on import without `Reflect.getMetadata`. */
import 'reflect-metadata';
