// The objects above the base map: one source for each layer, changed object by object so that a new warning recolours one marker and not the district.

import Feature, { type FeatureLike } from 'ol/Feature'
import Point from 'ol/geom/Point'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import Cluster from 'ol/source/Cluster'
import VectorSource from 'ol/source/Vector'
import type Style from 'ol/style/Style'

import { markRank } from '../live/alarms'
import type { Mark } from '../live/types'
import type { LayerId, MapObject } from './objects'
import { NEAR } from './base'
import type { Theme } from './palette'
import { alarmStyle, clusterStyle, dangerStyle, enterpriseStyle, resourceStyle, unitStyle } from './shapes'

/** More points than this in one layer are drawn as groups with their number. */
export const CLUSTER_ABOVE = 2_000

const ORDER: readonly LayerId[] = ['hydrant', 'shelter', 'depot', 'hospital', 'fire_station', 'enterprise', 'danger', 'unit', 'alarm']
export const LETTERS: Partial<Record<LayerId, string>> = { fire_station: '消', hospital: '医', depot: '库', shelter: '避', hydrant: '栓' }

interface Held {
  layer: VectorLayer
  source: VectorSource
  cluster: Cluster
}

export class Markers {
  readonly layers: VectorLayer[]
  private readonly held = new Map<LayerId, Held>()
  private readonly features = new Map<string, Feature<Point>>()
  private selected: string | null = null

  constructor(
    private theme: Theme,
    /** Enterprises whose plot is drawn in full need no marker of their own. */
    private readonly hasPlot: (key: string) => boolean,
  ) {
    for (const [at, id] of ORDER.entries()) {
      const source = new VectorSource()
      const cluster = new Cluster({ source, distance: 44 })
      const layer = new VectorLayer({
        source,
        zIndex: 30 + at,
        updateWhileAnimating: true,
        updateWhileInteracting: true,
        // Where alarms lie on top of each other only the most urgent is drawn; the list beside the map has them all.
        ...(id === 'alarm' ? { declutter: true, renderOrder: urgency } : {}),
      })
      layer.set('objects', id)
      layer.setStyle((feature, metres) => this.style(id, feature, metres))
      this.held.set(id, { layer, source, cluster })
    }
    this.layers = [...this.held.values()].map((held) => held.layer)
  }

  show(objects: readonly MapObject[], visible: ReadonlySet<LayerId>) {
    const seen = new Set<string>()
    for (const object of objects) {
      seen.add(object.key)
      const known = this.features.get(object.key)
      if (known) {
        const was = known.get('object') as MapObject
        if (was === object) continue
        if (was.lon !== object.lon || was.lat !== object.lat) known.getGeometry()?.setCoordinates(fromLonLat([object.lon, object.lat]))
        if (was.mark !== object.mark || was.title !== object.title || was.lon !== object.lon || was.lat !== object.lat) known.set('object', object)
        else known.set('object', object, true)
        continue
      }
      const feature = new Feature(new Point(fromLonLat([object.lon, object.lat])))
      feature.setId(object.key)
      feature.set('object', object, true)
      this.features.set(object.key, feature)
      this.held.get(object.layer)?.source.addFeature(feature)
    }
    for (const [key, feature] of this.features) {
      if (seen.has(key)) continue
      this.held.get((feature.get('object') as MapObject).layer)?.source.removeFeature(feature)
      this.features.delete(key)
    }
    for (const [id, { layer, source, cluster }] of this.held) {
      layer.setVisible(visible.has(id))
      const wanted = source.getFeatures().length > CLUSTER_ABOVE ? cluster : source
      if (layer.getSource() !== wanted) layer.setSource(wanted)
    }
  }

  select(key: string | null) {
    this.selected = key
    for (const layer of this.layers) layer.changed()
  }

  setTheme(theme: Theme) {
    this.theme = theme
    for (const layer of this.layers) layer.changed()
  }

  private style(id: LayerId, feature: FeatureLike, metres: number): Style[] | undefined {
    const group = feature.get('features') as Feature[] | undefined
    if (group && group.length > 1) {
      const worst = group.map((f) => (f.get('object') as MapObject).mark).sort((a, b) => markRank(a) - markRank(b))[0] ?? null
      return clusterStyle(this.theme, worst as Mark | null, group.length)
    }
    const object = ((group?.[0] ?? feature).get('object') ?? null) as MapObject | null
    if (!object) return undefined
    const chosen = object.key === this.selected
    const near = metres < NEAR
    switch (id) {
      case 'enterprise':
        if (near && this.hasPlot(object.key)) return undefined
        return enterpriseStyle(this.theme, object.mark, metres > 40 ? 3.6 : metres > NEAR ? 4.6 : 7, chosen)
      case 'unit':
        return unitStyle(this.theme, object.mark, metres > 40 ? (object.mark ? 7 : 4.5) : near ? 9 : 7, chosen)
      case 'danger':
        return dangerStyle(this.theme, object.mark, metres > 40 ? 3.4 : 5, chosen)
      case 'alarm':
        return alarmStyle(this.theme, object.mark, chosen)
      default:
        return resourceStyle(this.theme, LETTERS[id] ?? '', chosen)
    }
  }
}

const rank = (feature: FeatureLike): number => {
  const object = feature.get('object') as MapObject | undefined
  return (object?.pulse ? 0 : 10) + markRank(object?.mark)
}
const urgency = (a: FeatureLike, b: FeatureLike): number => rank(a) - rank(b)

/** What lies under a pixel: the object, or the group it is drawn in. */
export function objectsOf(feature: FeatureLike): MapObject[] {
  const group = feature.get('features') as Feature[] | undefined
  if (group) return group.map((f) => f.get('object') as MapObject)
  const object = feature.get('object') as MapObject | undefined
  return object ? [object] : []
}
